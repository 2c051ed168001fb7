package dev.remora.api.stub;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Listener and waiting place of one blocking unary call, in one object because every call makes one. */
final class BlockingUnaryCall<R> implements ClientCall.Listener<R> {
    private final MethodDescriptor<?, R> method;
    private final Thread waiter = Thread.currentThread();
    private Metadata trailers = Metadata.EMPTY;
    private @Nullable R message;
    private boolean tooMany;

    // Written last: it publishes the other fields to the waiter.
    private volatile @Nullable Status status;

    BlockingUnaryCall(MethodDescriptor<?, R> method) {
        this.method = method;
    }

    @Override
    public void onMessage(R newMessage) {
        tooMany = message != null;
        message = newMessage;
    }

    @Override
    public void onClose(Status newStatus, Metadata newTrailers) {
        trailers = newTrailers;
        status = newStatus;
        LockSupport.unpark(waiter);
    }

    /** A virtual thread would take its carrier from others that have work to do, so it parks. */
    @Override
    public boolean drives() {
        return !waiter.isVirtual();
    }

    R await(ClientCall<?, R> call) {
        Status end;
        while ((end = status) == null) {
            // Whoever only waits may as well do the transport's work: it saves a hand-over between threads.
            if (!drives() || !call.drive()) {
                LockSupport.park(this);
            }
            if (status == null && Thread.interrupted()) {
                call.cancel("the calling thread was interrupted", null);
                Thread.currentThread().interrupt();
                throw interrupted(method);
            }
        }
        if (!end.isOk()) {
            throw end.asException(trailers);
        }
        R response = message;
        if (response == null || tooMany) {
            throw wrongCount(method, tooMany);
        }
        return response;
    }

    static RpcException interrupted(Object method) {
        return new RpcException(StatusCode.CANCELLED, method + ": the calling thread was interrupted");
    }

    static RpcException wrongCount(Object method, boolean tooMany) {
        return new RpcException(
                StatusCode.INTERNAL,
                method + ": the server ended the call with " + (tooMany ? "more than one response" : "no response"));
    }
}
