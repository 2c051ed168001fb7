package dev.remora.api;

/** Sees every call of a server and may change, answer or refuse it. For use by any thread. */
@FunctionalInterface
public interface ServerInterceptor {
    /**
     * Most return {@code next.startCall(call)} with the call or the returned listener wrapped. To refuse a call, close it
     * and return a listener that does nothing, or throw {@link RpcException}.
     */
    <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next);
}
