/** W3C trace context in metadata: read for logs, and handed on by services that have no tracer of their own. */
@NullMarked
package dev.remora.runtime.trace;

import org.jspecify.annotations.NullMarked;
