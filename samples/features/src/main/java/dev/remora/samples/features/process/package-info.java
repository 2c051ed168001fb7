/** A service in a process of its own, of which a chain can be made. */
@NullMarked
package dev.remora.samples.features.process;

import org.jspecify.annotations.NullMarked;
