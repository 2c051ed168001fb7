/**
 * Streams over RPCs of one request and one response.
 *
 * <p>A stream is one call whose messages travel in <em>segments</em>, numbered in each direction, so that the order of the
 * RPCs that carry them does not matter. Segments of the client are requests, answered at once. Segments of the server are
 * responses to requests that wait at the server for them (<em>pulls</em>); at least one always waits, and it also brings
 * credit, the end, and the news that the peer lives. Each side tells the other how far it may send (<em>credit</em>), which
 * follows its reader; so memory is bounded at both ends. Bytes and rules stand in docs/envelope.md.
 *
 * <pre>
 * StreamClientCall ─┐                                ┌─ StreamServerCall
 *   ClientStreams   ├─ StreamSide: Outbox, Inbox,  ──┤    ServerStreams
 *   (of a channel)  ┘  ReceiveWindow, delivery       └    (of a server)
 * </pre>
 *
 * <p>What belongs to one stream is guarded by one lock per stream. Nothing foreign (listeners, transports, marshallers) is
 * called with it held.
 */
@NullMarked
package dev.remora.runtime.stream;

import org.jspecify.annotations.NullMarked;
