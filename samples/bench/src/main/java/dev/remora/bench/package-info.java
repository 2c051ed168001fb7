/** Benchmarks of the command-line tool. */
@NullMarked
package dev.remora.bench;

import org.jspecify.annotations.NullMarked;
