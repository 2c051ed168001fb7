package dev.remora.runtime.introspection;

import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerExchange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call's way through its phases. Whoever carries a call begins one ({@link MethodCalls#begin}), says when it enters a
 * phase, and ends it exactly once. These methods are called by one thread at a time and cost a store each; they take the
 * time from the caller, who often has read the clock already. Any thread may ask meanwhile where the call is.
 */
public final class CallProgress {
    /** Of a call that is not watched: takes everything and knows nothing. */
    public static final CallProgress NONE = new CallProgress(MethodCalls.NONE, 0);

    private static final VarHandle ENTERED = MethodHandles.arrayElementVarHandle(long[].class);

    private final MethodCalls method;
    private final long startNs;

    /** When each phase after the first was entered, in ns since the start and at least 1; 0 if it was not. */
    private final long[] enteredNs = new long[CallPhase.MAX_PER_SIDE];

    /** Its place in the table of live calls, or negative. */
    int slot = -1;

    // Plain fields: a reader of another thread may see them a moment late, and shows them once.
    private @Nullable Endpoint server;
    private @Nullable ServerExchange client;
    private @Nullable String clientName;
    private @Nullable Deadline deadline;
    private @Nullable ServerTimes serverTimes;
    private @Nullable StatusCode status;

    CallProgress(MethodCalls method, long startNs) {
        this.method = method;
        this.startNs = startNs;
    }

    /** Until when the caller waits; null if without end. */
    public void deadline(@Nullable Deadline newDeadline) {
        if (method.watched()) {
            deadline = newDeadline;
        }
    }

    /** At a client: a server was picked, and the request is being written. */
    public void sendingTo(Endpoint peer, long nowNs) {
        if (method.watched()) {
            server = peer;
            enter(CallPhase.SENDING, nowNs);
        }
    }

    /** At a server: whom the call is from. */
    public void from(ServerExchange exchange) {
        if (method.watched()) {
            client = exchange;
        }
    }

    /** As {@link #from(ServerExchange)}, of a call of many exchanges. */
    public void from(String peer) {
        if (method.watched()) {
            clientName = peer;
        }
    }

    /**
     * The call enters a phase of its side; it must not go back.
     *
     * @param nowNs on the {@link System#nanoTime} scale
     */
    public void enter(CallPhase phase, long nowNs) {
        if (method.watched()) {
            ENTERED.setOpaque(enteredNs, phase.place(), Math.max(1, nowNs - startNs));
        }
    }

    /** At a server: how the call was answered, which may be before it ends: its handler may outlast the deadline. */
    public void answered(StatusCode code) {
        if (method.watched()) {
            status = code;
        }
    }

    /** The call is over. */
    public void end(StatusCode code, long nowNs) {
        if (method.watched()) {
            if (status == null) {
                status = code;
            }
            method.ended(this, nowNs);
            // A call that was slow is kept as a report; this object must hold on to nothing of the transport.
            client = null;
        }
    }

    /**
     * At a server: the trailers with what a client needs to explain a slow call.
     *
     * @param trailers what the handler sends
     * @param maxBytes of all trailers; without room nothing is added
     */
    public Metadata withServerTimes(Metadata trailers, long nowNs, int maxBytes) {
        boolean slow = method.watched() && nowNs - startNs >= method.reportFromNs();
        return slow && ServerTimes.fits(trailers, maxBytes) ? serverTimes(nowNs).addTo(trailers) : trailers;
    }

    /** At a client: takes what the server told of its phases out of the trailers. */
    public Metadata takeServerTimes(Metadata trailers) {
        if (trailers.isEmpty() || trailers.get(ServerTimes.KEY) == null) {
            return trailers;
        }
        if (method.watched()) {
            serverTimes = ServerTimes.in(trailers);
        }
        return trailers.without(ServerTimes.KEY);
    }

    /**
     * A status of DEADLINE_EXCEEDED with the phases as a detail and, at a client, in its text; any other as it is. A server
     * leaves the text to the client, which knows the server's phases and its own.
     */
    public Status explain(Status status, long nowNs) {
        if (!method.watched() || status.code() != StatusCode.DEADLINE_EXCEEDED) {
            return status;
        }
        CallReport report = report(nowNs);
        Status explained = method.side() == Side.CLIENT
                ? status.withMessage(status.message() + ": " + Explanation.phases(report))
                : status;
        return explained.withDetail(ProtoReports.slowCall(report));
    }

    /** What is known of the call now; at its end, all of it. */
    CallReport report(long nowNs) {
        long durationNs = Math.max(0, nowNs - startNs);
        Deadline until = deadline;
        return new CallReport(
                method.side(),
                method.fullName(),
                peer(),
                System.currentTimeMillis() - durationNs / 1_000_000,
                durationNs,
                until == null ? 0 : Math.max(1, until.atNs() - startNs),
                phases(durationNs),
                serverTimes,
                status);
    }

    long startNs() {
        return startNs;
    }

    private String peer() {
        Endpoint picked = server;
        ServerExchange exchange = client;
        if (picked != null) {
            return picked.toString();
        }
        return exchange != null ? exchange.peer() : Objects.requireNonNullElse(clientName, "");
    }

    private List<PhaseTime> phases(long durationNs) {
        List<PhaseTime> phases = new ArrayList<>(CallPhase.MAX_PER_SIDE);
        CallPhase phase = CallPhase.QUEUED;
        long fromNs = 0;
        for (int place = 1; place < CallPhase.MAX_PER_SIDE; place++) {
            long entered = (long) ENTERED.getOpaque(enteredNs, place);
            if (entered != 0) {
                // Clocks were read by several threads: never less than nothing.
                long atNs = Math.clamp(entered, fromNs, Math.max(fromNs, durationNs));
                phases.add(new PhaseTime(phase, atNs - fromNs));
                phase = CallPhase.at(method.side(), place);
                fromNs = atNs;
            }
        }
        phases.add(new PhaseTime(phase, Math.max(0, durationNs - fromNs)));
        return phases;
    }

    private ServerTimes serverTimes(long nowNs) {
        long queuedNs = 0;
        long handlingNs = 0;
        for (PhaseTime time : phases(Math.max(0, nowNs - startNs))) {
            if (time.phase() == CallPhase.QUEUED) {
                queuedNs = time.ns();
            } else if (time.phase() == CallPhase.HANDLING) {
                handlingNs = time.ns();
            }
        }
        return new ServerTimes(queuedNs, handlingNs);
    }
}
