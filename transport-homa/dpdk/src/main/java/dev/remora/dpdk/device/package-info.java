/** Typed configurations of the devices DPDK can open. */
@NullMarked
package dev.remora.dpdk.device;

import org.jspecify.annotations.NullMarked;
