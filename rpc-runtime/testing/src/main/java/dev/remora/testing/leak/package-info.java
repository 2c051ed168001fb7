/** Buffers of messages, watched from allocation to release, on any transport. */
@NullMarked
package dev.remora.testing.leak;

import org.jspecify.annotations.NullMarked;
