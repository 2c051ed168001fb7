/** What is known of each remote address, in a bounded table. */
@NullMarked
package dev.remora.homa.protocol.peer;

import org.jspecify.annotations.NullMarked;
