package dev.remora.api;

/** Sees every call of a channel and may change, answer or refuse it. For use by any thread. */
@FunctionalInterface
public interface ClientInterceptor {
    /** The call to use; most return one that wraps {@code next.newCall(method, options)}. */
    <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next);
}
