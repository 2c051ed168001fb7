/** What an A/B comparison compares: the same service on different transports. */
@NullMarked
package dev.remora.bench.ab.side;

import org.jspecify.annotations.NullMarked;
