/** What calls of all shapes share: deadlines, cancellation, limits, and what a failure of the transport means to a caller. */
@NullMarked
package dev.remora.runtime.call;

import org.jspecify.annotations.NullMarked;
