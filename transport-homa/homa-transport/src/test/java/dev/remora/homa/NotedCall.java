package dev.remora.homa;

import dev.remora.contract.MessagePattern;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How a call ended, when, and how often it was told. */
final class NotedCall implements ResponseHandler {
    final CompletableFuture<Ending> ending = new CompletableFuture<>();
    final AtomicInteger endings = new AtomicInteger();

    /** Exactly one of response and failure is there; the time is of {@link System#nanoTime}. */
    record Ending(byte @Nullable [] response, @Nullable TransportException failure, long atNs) {}

    @Override
    public void onResponse(MessageBuffer response) {
        end(new Ending(MessagePattern.take(response), null, System.nanoTime()));
    }

    @Override
    public void onFailure(TransportException failure) {
        end(new Ending(null, failure, System.nanoTime()));
    }

    private void end(Ending how) {
        endings.incrementAndGet();
        ending.complete(how);
    }

    boolean isEnded() {
        return ending.isDone();
    }
}
