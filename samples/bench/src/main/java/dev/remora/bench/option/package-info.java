/** Options that several benchmarks have, and how wrong ones are told. */
@NullMarked
package dev.remora.bench.option;

import org.jspecify.annotations.NullMarked;
