/**
 * Kernel TCP over Netty: multiplexed connections that carry the frames of {@code TcpFrame}.
 *
 * <p>A connection belongs to one event loop. Its call table, reader and writer are touched by that loop only; other threads
 * hand calls and responses over through {@code HandOff}, so that however many arrive at once, one task and one flush
 * carry them. The README of this module explains frames, back-pressure and threads.
 */
@NullMarked
package dev.remora.tcp;

import org.jspecify.annotations.NullMarked;
