package dev.remora.api.stub;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A channel whose calls a test answers by hand; every call it makes can be taken from {@link #calls}. */
final class FakeChannel implements Channel {
    final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    volatile @Nullable CallOptions lastOptions;

    @Override
    @SuppressWarnings("unchecked")
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        lastOptions = options;
        return (ClientCall<Q, R>) new Call();
    }

    /** The next call, once its requests were ended or, for streams, it was started. */
    Call take() throws InterruptedException {
        return calls.take();
    }

    final class Call implements ClientCall<String, String> {
        final List<String> events = new ArrayList<>();
        final LinkedBlockingQueue<String> sent = new LinkedBlockingQueue<>();
        volatile ClientCall.@Nullable Listener<String> listener;
        volatile boolean ready = true;
        volatile BooleanSupplier driving = () -> false;
        volatile int requested;
        volatile boolean cancelled;
        volatile boolean halfClosed;
        volatile @Nullable RuntimeException sendFailure;

        ClientCall.Listener<String> listener() {
            ClientCall.Listener<String> l = listener;
            if (l == null) {
                throw new IllegalStateException("not started");
            }
            return l;
        }

        void message(String text) {
            listener().onMessage(text);
        }

        void close(Status status) {
            listener().onClose(status, Metadata.EMPTY);
        }

        @Override
        public void start(Listener<String> newListener, Metadata headers) {
            listener = newListener;
            calls.add(this);
        }

        @Override
        public synchronized void request(int count) {
            requested += count;
        }

        @Override
        public void sendMessage(String message) {
            if (sendFailure != null) {
                throw sendFailure;
            }
            sent.add(message);
        }

        @Override
        public void halfClose() {
            halfClosed = true;
            sent.add("<end>");
        }

        @Override
        public void cancel(String reason, @Nullable Throwable cause) {
            cancelled = true;
            Status status = Status.of(StatusCode.CANCELLED, reason);
            listener().onClose(cause == null ? status : status.withCause(cause), Metadata.EMPTY);
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean drive() {
            return driving.getAsBoolean();
        }
    }
}
