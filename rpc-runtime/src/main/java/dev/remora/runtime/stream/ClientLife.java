package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.StreamAttempts;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.introspection.CallPhase;
import dev.remora.runtime.introspection.CallProgress;
import dev.remora.spi.ClientTransport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client's stream has around its exchange of messages, from its start to its end: a deadline and a call that it is made
 * for, a server for each opening, and what is told of it to metrics, live calls and the circuit breaker. For any thread; all
 * but {@link #begin} and {@link #mayOpenAgain} after its start.
 */
final class ClientLife {
    private final StreamClientCall<?, ?> call;
    private final ClientStreams streams;
    private final ClientMethod method;
    private final CallOptions options;
    private final @Nullable CallContext served;
    private final StreamAttempts attempts;
    private final CallWatch watch = new CallWatch();
    private volatile CallProgress progress = CallProgress.NONE;
    private @Nullable ClientOpening opening;
    private @Nullable ServerPick pick;

    /** @param served the call that is being served, if any */
    ClientLife(
            StreamClientCall<?, ?> call,
            ClientStreams streams,
            ClientMethod method,
            CallOptions options,
            @Nullable CallContext served) {
        this.call = call;
        this.streams = streams;
        this.method = method;
        this.options = options;
        this.served = served;
        attempts = method.resilience()
                .newStream(method.descriptor(), options, streams.balancer().isPatient(options));
    }

    /** Whether it may be opened more than once. */
    boolean mayOpenAgain() {
        return attempts.mayBeSeveral();
    }

    /** It begins. @param newHeaders beside those of its options */
    void begin(Metadata newHeaders) {
        long startNs = System.nanoTime();
        Metadata headers = options.metadata().plus(newHeaders);
        Deadline deadline = options.deadlineOfCall(startNs, method.resilience().timeoutNs(), served);
        opening = new ClientOpening(method, headers, deadline, startNs, served);
        pick = new ServerPick(streams.balancer(), call, options, headers, attempts);
        progress = method.calls().begin(startNs);
        progress.deadline(deadline);
        method.metrics().started();
    }

    private ClientOpening opening() {
        return Objects.requireNonNull(opening);
    }

    private ServerPick pick() {
        return Objects.requireNonNull(pick);
    }

    /** @return why nothing can be sent, or null: then it is among the streams of its channel */
    @Nullable
    Status refusal(MessageBounds bounds) {
        Status refusal = opening().refusal(bounds);
        return refusal == null ? streams.enter(call) : refusal;
    }

    /** Begins to wait for what ends it from outside. */
    void watch() {
        watch.start(deadline(), call::onDeadline, served, call::endHere);
    }

    /** Begins to look for a server, for the first time. */
    void findServer() {
        pick().start();
    }

    /** It has a server. */
    void sendingTo(ClientTransport transport) {
        progress.sendingTo(transport.peer(), System.nanoTime());
    }

    @Nullable
    Deadline deadline() {
        return opening().deadline();
    }

    /** What is sent to open it now. */
    Opening open(long nowNs) {
        progress.enter(CallPhase.WAITING, nowNs);
        return opening().write(attempts.made());
    }

    /** A server has answered. */
    void answered() {
        pick().answered();
    }

    /** Its handler has answered, or has had the time to fail and did not. */
    void handlerAnswered() {
        attempts.answered();
    }

    /** See {@link StreamAttempts#failed}. */
    StreamAttempts.@Nullable Next openingFailed(Status status, Metadata trailers) {
        return attempts.failed(status, trailers, deadline());
    }

    /** Looks for another server. */
    void openAgain(StreamAttempts.Next next) {
        pick().startAgain(next);
    }

    /** What it ends with when its deadline passes. */
    Status deadlineExceeded(boolean hasServer) {
        String phase = hasServer
                ? "before the stream ended"
                : "waiting for a server: " + streams.balancer().describe();
        return progress.explain(opening().deadlineExceeded(phase), System.nanoTime());
    }

    /** The exchange is over. Once. */
    void over(StatusCode code, StreamTally tally) {
        streams.leave(call);
        method.metrics().ended(code, opening().elapsedNs(), tally.sentBytes(), tally.receivedBytes());
        progress.end(code, System.nanoTime());
    }

    /**
     * After {@link #over}, without the stream's lock.
     *
     * @param givenUp whether this side wanted no more of it
     */
    void leaveServer(Status status, boolean givenUp) {
        watch.stop();
        pick().end(status, givenUp);
    }
}
