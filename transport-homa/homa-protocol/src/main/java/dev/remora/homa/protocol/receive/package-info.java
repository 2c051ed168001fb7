/** Reassembly of arriving messages and the buffers they go to. */
@NullMarked
package dev.remora.homa.protocol.receive;

import org.jspecify.annotations.NullMarked;
