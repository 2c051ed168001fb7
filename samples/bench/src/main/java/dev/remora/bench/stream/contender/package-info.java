/** The ways to stream that are compared. */
@NullMarked
package dev.remora.bench.stream.contender;

import org.jspecify.annotations.NullMarked;
