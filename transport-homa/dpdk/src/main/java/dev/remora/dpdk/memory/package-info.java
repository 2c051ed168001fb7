/** Packet memory: pools of mbufs, access to an mbuf's fields, arrays of mbufs, external buffers. */
@NullMarked
package dev.remora.dpdk.memory;

import org.jspecify.annotations.NullMarked;
