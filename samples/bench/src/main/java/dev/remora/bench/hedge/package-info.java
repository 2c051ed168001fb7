/** {@code bench hedge}: what hedging is worth, and costs, with servers that stall now and then. */
@NullMarked
package dev.remora.bench.hedge;

import org.jspecify.annotations.NullMarked;
