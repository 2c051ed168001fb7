package dev.remora.api;

/** Starts to serve a call. Generated code makes them; interceptors wrap them. */
@FunctionalInterface
public interface ServerCallHandler<Q, R> {
    /** The listener for what the client does in this call. */
    ServerCall.Listener<Q> startCall(ServerCall<Q, R> call);
}
