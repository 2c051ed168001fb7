/** The module against a C program of the same shape. Run {@link dev.remora.dpdk.bench.AgainstC}. */
@NullMarked
package dev.remora.dpdk.bench;

import org.jspecify.annotations.NullMarked;
