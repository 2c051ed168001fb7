package dev.remora.api.stub;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import org.jspecify.annotations.Nullable;

/** One streaming call in blocking style, as the client sees it. */
final class BlockingStreamCall<Q, R> implements ClientCall.Listener<R>, BidiStream<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private final ClientCall<Q, R> call;
    private final MessageQueue<R> responses;
    private final SendGate gate;
    private volatile @Nullable RpcException failure;
    private volatile @Nullable Status sendFailure;
    private volatile boolean ended;
    private boolean halfClosed;

    BlockingStreamCall(MethodDescriptor<Q, R> method, ClientCall<Q, R> call) {
        this.method = method;
        this.call = call;
        this.responses = new MessageQueue<>(call::request, method.response()::size);
        this.gate = new SendGate(call::isReady);
    }

    void start() {
        call.start(this, Metadata.EMPTY);
        responses.open();
    }

    @Override
    public void onMessage(R message) {
        if (!responses.offer(message)) {
            RpcException overrun = MessageQueue.overrun(method);
            end(overrun);
            call.cancel(overrun.status().message(), overrun);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        end(status.isOk() ? null : status.asException(trailers));
    }

    @Override
    public void onReady() {
        gate.wake();
    }

    @Override
    public void onSendClosed(Status status) {
        // A writer must not wait for a reader who has not got to the end yet: both may be one thread.
        sendFailure = status.isOk() ? null : status;
        gate.close();
    }

    @Override
    public void write(Q message) {
        if (halfClosed) {
            throw new IllegalStateException(method + ": the requests were ended, nothing can be written any more");
        }
        try {
            if (gate.await()) {
                call.sendMessage(message);
                return;
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        RpcException reason = failure;
        if (reason != null) {
            throw reason.status().asException(reason.trailers());
        }
        Status expected = sendFailure;
        if (expected != null) {
            throw expected.asException();
        }
    }

    @Override
    public void halfClose() {
        if (!halfClosed) {
            halfClosed = true;
            if (!ended) {
                call.halfClose();
            }
        }
    }

    @Override
    public @Nullable R read() {
        try {
            return responses.take();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public void close() {
        giveUp("the stream was closed before its end");
    }

    boolean isHalfClosed() {
        return halfClosed;
    }

    private RpcException interrupted() {
        giveUp("the calling thread was interrupted");
        Thread.currentThread().interrupt();
        return BlockingUnaryCall.interrupted(method);
    }

    private void giveUp(String reason) {
        RpcException cancelled = new RpcException(StatusCode.CANCELLED, method + ": " + reason);
        boolean wasEnded = ended;
        responses.abandon(cancelled);
        end(cancelled);
        if (!wasEnded) {
            call.cancel(reason, null);
        }
    }

    private void end(@Nullable RpcException reason) {
        if (!ended) {
            failure = reason;
            ended = true;
        }
        responses.end(reason);
        gate.close();
    }
}
