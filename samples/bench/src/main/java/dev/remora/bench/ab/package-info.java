/** The A/B comparison: the same calls, at the same times, on several transports. */
@NullMarked
package dev.remora.bench.ab;

import org.jspecify.annotations.NullMarked;
