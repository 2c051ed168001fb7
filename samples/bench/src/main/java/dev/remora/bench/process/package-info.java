/** The processes of a benchmark, what they use, and the machine they run on. */
@NullMarked
package dev.remora.bench.process;

import org.jspecify.annotations.NullMarked;
