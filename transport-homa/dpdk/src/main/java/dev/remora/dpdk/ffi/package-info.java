/** What lies between Java and DPDK's C: symbols, memory, struct layouts. Not exported. */
@NullMarked
package dev.remora.dpdk.ffi;

import org.jspecify.annotations.NullMarked;
