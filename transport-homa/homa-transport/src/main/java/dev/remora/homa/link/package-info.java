/** Carriers of Ethernet frames: DPDK ports, packet sockets, and memory for tests. */
@NullMarked
package dev.remora.homa.link;

import org.jspecify.annotations.NullMarked;
