/** The echo comparison: plan, processes, load, statistics and output. */
@NullMarked
package dev.remora.bench.echo;

import org.jspecify.annotations.NullMarked;
