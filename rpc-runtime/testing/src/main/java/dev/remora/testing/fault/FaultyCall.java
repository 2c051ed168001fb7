package dev.remora.testing.fault;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A call that meets a fault. Whoever wins {@code ended} tells the handler; the request goes to whoever takes it. */
final class FaultyCall implements TransportCall {
    private final FaultyClient client;
    private final long timeoutNs;
    private final ResponseHandler handler;
    private final @Nullable FaultAction outcome;
    private final AtomicReference<@Nullable MessageBuffer> request;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable TransportCall sent;
    private volatile boolean answered;
    private volatile @Nullable TransportCall sentAgain;

    FaultyCall(
            FaultyClient client,
            MessageBuffer request,
            long timeoutNs,
            ResponseHandler handler,
            @Nullable FaultAction outcome) {
        this.client = client;
        this.timeoutNs = timeoutNs;
        this.handler = handler;
        this.outcome = outcome;
        this.request = new AtomicReference<>(request);
    }

    /** Whether the transport knows of it, and counts it. */
    boolean isSent() {
        return sent != null && !answered;
    }

    /** Does what was decided, after the delay. */
    void proceed(long delayedNs) {
        MessageBuffer taken = request.getAndSet(null);
        if (taken == null) {
            return;
        }
        long leftNs = timeoutNs == 0 ? 0 : Math.max(1, timeoutNs - delayedNs);
        switch (outcome) {
            case null -> send(taken, leftNs, new Answers(1, false));
            case FaultAction.DropResponse _ -> send(taken, leftNs, new Answers(1, true));
            case FaultAction.Duplicate _ -> sendTwice(taken, leftNs);
            case FaultAction.Error error -> {
                taken.release();
                client.soon(() -> respond(HeapMessage.of(error.status())));
            }
            case FaultAction.Fail fail -> {
                taken.release();
                client.soon(() -> end(fail.reason(), "injected by a fault rule"));
            }
            case FaultAction.DropRequest _ -> taken.release();
            case FaultAction.Abort _ -> throw new IllegalStateException("a client cannot abort");
            case FaultAction.Delay _ -> throw new IllegalStateException("a delay is no outcome");
        }
    }

    private void send(MessageBuffer message, long leftNs, Answers answers) {
        TransportCall call = client.inner().call(message, leftNs, answers);
        sent = call;
        if (ended.get()) {
            call.cancel();
        }
    }

    private void sendTwice(MessageBuffer message, long leftNs) {
        ClientTransport inner = client.inner();
        MessageBuffer copy;
        try {
            copy = inner.allocate(message.size());
        } catch (TransportException e) {
            message.release();
            client.soon(() -> end(e.reason(), String.valueOf(e.getMessage())));
            return;
        }
        ByteBuffer bytes = message.bytes().duplicate();
        copy.bytes().put(bytes.clear().limit(message.size()));
        Answers answers = new Answers(2, false);
        // The caller's cancel is for both; the end of one leaves the other to run, as a server sees it that was asked
        // twice.
        sentAgain = inner.call(copy, leftNs, answers);
        send(message, leftNs, answers);
    }

    @Override
    public void cancel() {
        end(TransportException.Reason.CANCELLED, "the call was cancelled by its caller");
    }

    /** Ends it on this side, and tells the server if it has heard of it. */
    void end(TransportException.Reason reason, String message) {
        MessageBuffer unsent = request.getAndSet(null);
        if (unsent != null) {
            unsent.release();
        }
        if (ended.compareAndSet(false, true)) {
            client.forget(this);
            cancel(sent);
            cancel(sentAgain);
            handler.onFailure(new TransportException(reason, message));
        }
    }

    private static void cancel(@Nullable TransportCall call) {
        if (call != null) {
            call.cancel();
        }
    }

    private void respond(MessageBuffer response) {
        if (ended.compareAndSet(false, true)) {
            client.forget(this);
            handler.onResponse(response);
        } else {
            response.release();
        }
    }

    /** Gets the ends of what was sent. */
    private final class Answers implements ResponseHandler {
        private final AtomicInteger missing;
        private final boolean dropped;

        Answers(int expected, boolean dropped) {
            this.missing = new AtomicInteger(expected);
            this.dropped = dropped;
        }

        @Override
        public void onResponse(MessageBuffer response) {
            missing.decrementAndGet();
            if (dropped) {
                // The call goes on for its caller, and the transport has forgotten it.
                answered = true;
                response.release();
            } else {
                respond(response);
            }
        }

        @Override
        public void onFailure(TransportException failure) {
            if (missing.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
                client.forget(FaultyCall.this);
                handler.onFailure(failure);
            }
        }
    }
}
