package dev.remora.tcp;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The end of one call, and how often the transport told of it. */
final class Answer implements ResponseHandler {
    /** Only reached by a transport that loses a call: then the test fails. */
    private static final long LOST_S = 30;

    private final CompletableFuture<byte[]> end = new CompletableFuture<>();
    private final AtomicInteger times = new AtomicInteger();
    private @Nullable TransportCall call;

    static Answer of(ClientTransport client, byte[] request) {
        Answer answer = new Answer();
        MessageBuffer buffer = client.allocate(request.length);
        buffer.bytes().put(request);
        answer.call = client.call(buffer, 0, answer);
        return answer;
    }

    static byte[] pattern(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void onResponse(MessageBuffer response) {
        byte[] copy = new byte[response.size()];
        response.bytes().get(copy);
        response.release();
        times.incrementAndGet();
        end.complete(copy);
    }

    @Override
    public void onFailure(TransportException failure) {
        times.incrementAndGet();
        end.completeExceptionally(failure);
    }

    void cancel() {
        Objects.requireNonNull(call).cancel();
    }

    boolean ended() {
        return end.isDone();
    }

    boolean succeeded() {
        return end.isDone() && !end.isCompletedExceptionally();
    }

    int times() {
        return times.get();
    }

    byte[] bytes() {
        try {
            return end.get(LOST_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError("the call had no response", e);
        }
    }

    /** Waits for either end. */
    void awaitEnd() {
        try {
            end.handle((bytes, failure) -> true).get(LOST_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError("the call did not end", e);
        }
    }

    TransportException failure() {
        try {
            byte[] bytes = end.get(LOST_S, TimeUnit.SECONDS);
            throw new AssertionError("the call had a response of " + bytes.length + " bytes");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransportException failure) {
                return failure;
            }
            throw new AssertionError(e);
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("the call did not end", e);
        }
    }
}
