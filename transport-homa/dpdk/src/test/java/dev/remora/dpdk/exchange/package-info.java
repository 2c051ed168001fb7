/**
 * Devices against each other: two processes exchange frames, over each kind of device there is on this machine. {@link
 * dev.remora.dpdk.exchange.Peer} is what runs in the processes.
 */
@NullMarked
package dev.remora.dpdk.exchange;

import org.jspecify.annotations.NullMarked;
