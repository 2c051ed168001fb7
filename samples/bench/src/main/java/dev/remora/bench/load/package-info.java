/**
 * The load generator: sizes, arrivals, calls by the clock, and what became of them. It knows no transport; whoever has a
 * {@link dev.remora.bench.load.Call} can be measured.
 */
@NullMarked
package dev.remora.bench.load;

import org.jspecify.annotations.NullMarked;
