/** {@code bench queue}: what the order of a server's queue is worth, in a simulation of the real admission and over TCP. */
@NullMarked
package dev.remora.bench.queue;

import org.jspecify.annotations.NullMarked;
