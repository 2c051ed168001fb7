/** Ports and their queues: configuration, capabilities, statistics, bursts of packets. */
@NullMarked
package dev.remora.dpdk.port;

import org.jspecify.annotations.NullMarked;
