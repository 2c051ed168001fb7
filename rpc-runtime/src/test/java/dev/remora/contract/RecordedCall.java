package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A response handler that keeps what it was told and counts how often. */
public final class RecordedCall implements ResponseHandler {
    private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
    private final AtomicInteger endings = new AtomicInteger();
    private final Runnable afterwards;

    /** Exactly one of the two is present. */
    private record Outcome(Optional<byte[]> response, Optional<TransportException> failure) {}

    /** @param afterwards runs in the handler, after the outcome was noted */
    RecordedCall(Runnable afterwards) {
        this.afterwards = afterwards;
    }

    @Override
    public void onResponse(MessageBuffer response) {
        byte[] bytes = MessagePattern.take(response);
        end(new Outcome(Optional.of(bytes), Optional.empty()));
    }

    @Override
    public void onFailure(TransportException failure) {
        end(new Outcome(Optional.empty(), Optional.of(failure)));
    }

    private void end(Outcome outcome) {
        endings.incrementAndGet();
        ended.complete(outcome);
        afterwards.run();
    }

    public int endings() {
        return endings.get();
    }

    public boolean isEnded() {
        return ended.isDone();
    }

    /** Waits for a response. */
    public byte[] response() {
        Outcome outcome = Patience.await(ended, "the end of a call");
        return outcome.response.orElseThrow(() -> new AssertionError("the call failed", outcome.failure.orElseThrow()));
    }

    /** Waits for the end; empty after a response. */
    public Optional<TransportException> end() {
        return Patience.await(ended, "the end of a call").failure;
    }

    /** Waits for a failure of one of these kinds. */
    public TransportException failure(TransportException.Reason... expected) {
        Outcome outcome = Patience.await(ended, "the end of a call");
        TransportException failure =
                outcome.failure.orElseThrow(() -> new AssertionError("the call got a response, not a failure"));
        assertThat(failure.reason()).as("reason of '%s'", failure.getMessage()).isIn((Object[]) expected);
        assertThat(failure).hasMessageMatching("(?s).*\\S.*");
        return failure;
    }
}
