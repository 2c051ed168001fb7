package dev.remora.runtime.stream;

import dev.remora.api.Deadline;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.call.ServerEntry;
import dev.remora.runtime.introspection.CallPhase;
import dev.remora.runtime.introspection.CallProgress;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a served stream: to the metrics of its method and among the live calls. There it stays until its handler has
 * ended, however long ago its client went: the handler holds a place all the same. Guarded by the stream's lock.
 */
final class ServerRecord {
    private final ServerEntry<?, ?> entry;
    private final long startNs = System.nanoTime();
    private final CallProgress progress;
    private boolean over;
    private boolean handlerEnded;

    ServerRecord(ServerEntry<?, ?> entry, String peer, @Nullable Deadline deadline) {
        this.entry = entry;
        entry.metrics().started();
        progress = entry.calls().begin(startNs);
        progress.from(peer);
        progress.deadline(deadline);
    }

    long startNs() {
        return startNs;
    }

    /** The handler starts. */
    void handling() {
        progress.enter(CallPhase.HANDLING, System.nanoTime());
    }

    /** A status of DEADLINE_EXCEEDED with where the time went. */
    Status explain(Status status) {
        return progress.explain(status, System.nanoTime());
    }

    /** The exchange with the client is over. Once. */
    void over(StatusCode code, StreamTally tally) {
        long nowNs = System.nanoTime();
        entry.metrics().ended(code, nowNs - startNs, tally.receivedBytes(), tally.sentBytes());
        progress.answered(code);
        over = true;
        endIfDone(code, nowNs);
    }

    /** The handler has ended, or will never start. Once. */
    void handlerEnded(StatusCode code) {
        handlerEnded = true;
        endIfDone(code, System.nanoTime());
    }

    private void endIfDone(StatusCode code, long nowNs) {
        if (over && handlerEnded) {
            progress.end(code, nowNs);
        }
    }
}
