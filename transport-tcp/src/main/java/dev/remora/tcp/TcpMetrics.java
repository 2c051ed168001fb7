package dev.remora.tcp;

import dev.remora.spi.TransportMetric;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** {@link TcpStats} under the names that reports use. */
final class TcpMetrics {
    private TcpMetrics() {}

    static List<TransportMetric> of(Counters c) {
        return List.of(
                // Closed before opened, so that it is never negative.
                TransportMetric.gauge("connections-open", "connections", "connections that live, both sides", () -> {
                    long closed = c.connectionsClosed.sum();
                    return c.connectionsOpened.sum() - closed;
                }),
                counter(
                        "connections-opened",
                        "connections",
                        "connections whose greeting succeeded, both sides",
                        c.connectionsOpened),
                counter("connections-closed", "connections", "connections that ended after that", c.connectionsClosed),
                counter(
                        "connect-failures",
                        "attempts",
                        "attempts of clients to connect that failed",
                        c.connectFailures),
                counter(
                        "reconnects",
                        "connections",
                        "connections a client made after its first one on the same slot",
                        c.reconnects),
                counter(
                        "connections-refused",
                        "connections",
                        "connections that a server closed at once: too many",
                        c.connectionsRefused),
                counter("frames-received", "frames", "whole frames of every type received", c.framesReceived),
                counter("frames-sent", "frames", "frames of every type sent", c.framesSent),
                counter("bytes-received", "bytes", "bytes read from sockets", c.bytesReceived),
                counter("bytes-sent", "bytes", "bytes handed to sockets", c.bytesSent),
                counter(
                        "protocol-errors",
                        "connections",
                        "connections closed because of what the peer sent",
                        c.protocolErrors),
                counter("late-responses", "frames", "responses and aborts to calls that had ended", c.lateResponses),
                counter(
                        "requests-dropped",
                        "requests",
                        "requests that came after the server's GOAWAY",
                        c.requestsDropped),
                counter("pings-lost", "connections", "connections given up because the peer was silent", c.pingsLost),
                counter("stalls", "connections", "connections given up because the peer took no bytes", c.stalls),
                counter(
                        "read-pauses",
                        "times",
                        "times a server stopped reading a connection: too much in flight or unread",
                        c.readPauses));
    }

    private static TransportMetric counter(String name, String unit, String meaning, LongAdder value) {
        return TransportMetric.counter(name, unit, meaning, value::sum);
    }
}
