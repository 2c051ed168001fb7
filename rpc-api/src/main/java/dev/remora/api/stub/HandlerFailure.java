package dev.remora.api.stub;

import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;

/** Ends a call whose handler failed. */
final class HandlerFailure {
    private static final int MAX_DEPTH = 32;

    private HandlerFailure() {}

    static void close(ServerCall<?, ?> call, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        call.close(Status.fromThrowable(failure), trailers(failure));
    }

    /** Of the same exception that {@link Status#fromThrowable} takes the status from. */
    private static Metadata trailers(Throwable failure) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < MAX_DEPTH; t = t.getCause(), depth++) {
            if (t instanceof RpcException rpc) {
                return rpc.trailers();
            }
        }
        return Metadata.EMPTY;
    }
}
