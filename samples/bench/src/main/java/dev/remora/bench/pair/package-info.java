/** Comparisons by pairs of processes, a server and a client of one candidate, in interleaved rounds. */
@NullMarked
package dev.remora.bench.pair;

import org.jspecify.annotations.NullMarked;
