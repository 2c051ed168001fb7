package dev.remora.tcp;

import java.util.concurrent.atomic.LongAdder;

/** Behind {@link TcpStats}. Frames and bytes are added per batch, not per frame. */
final class Counters {
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder connectionsClosed = new LongAdder();
    final LongAdder connectFailures = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder connectionsRefused = new LongAdder();
    final LongAdder framesReceived = new LongAdder();
    final LongAdder framesSent = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder protocolErrors = new LongAdder();
    final LongAdder lateResponses = new LongAdder();
    final LongAdder requestsDropped = new LongAdder();
    final LongAdder pingsLost = new LongAdder();
    final LongAdder stalls = new LongAdder();
    final LongAdder readPauses = new LongAdder();

    TcpStats snapshot() {
        return new TcpStats(
                connectionsOpened.sum(),
                connectionsClosed.sum(),
                connectFailures.sum(),
                reconnects.sum(),
                connectionsRefused.sum(),
                framesReceived.sum(),
                framesSent.sum(),
                bytesReceived.sum(),
                bytesSent.sum(),
                protocolErrors.sum(),
                lateResponses.sum(),
                requestsDropped.sum(),
                pingsLost.sum(),
                stalls.sum(),
                readPauses.sum());
    }
}
