/** DPDK from Java: finding its libraries, starting its environment (EAL), attaching ports. Start at {@link dev.remora.dpdk.Dpdk}. */
@NullMarked
package dev.remora.dpdk;

import org.jspecify.annotations.NullMarked;
