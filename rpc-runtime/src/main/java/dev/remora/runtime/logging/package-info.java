/** One line per call, and the call in the lines of its handler: through SLF4J, whatever is behind it. */
@NullMarked
package dev.remora.runtime.logging;

import org.jspecify.annotations.NullMarked;
