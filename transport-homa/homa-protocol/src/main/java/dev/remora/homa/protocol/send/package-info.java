/** What leaves next: SRPT order, the pacer, retransmissions. */
@NullMarked
package dev.remora.homa.protocol.send;

import org.jspecify.annotations.NullMarked;
