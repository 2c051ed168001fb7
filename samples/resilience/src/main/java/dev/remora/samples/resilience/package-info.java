/** {@code ./remora resilience}: two servers that get into trouble, and a client whose configuration copes with it. */
@NullMarked
package dev.remora.samples.resilience;

import org.jspecify.annotations.NullMarked;
