/** Channels and servers: what turns calls of stubs into requests of a transport, and requests into calls of handlers. */
@NullMarked
package dev.remora.runtime;

import org.jspecify.annotations.NullMarked;
