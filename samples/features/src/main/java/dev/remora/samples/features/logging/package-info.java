/** One line per call. */
@NullMarked
package dev.remora.samples.features.logging;

import org.jspecify.annotations.NullMarked;
