/** Time as an argument: what waits and measures takes it from here, so that tests move it by hand. */
@NullMarked
package dev.remora.runtime.time;

import org.jspecify.annotations.NullMarked;
