package dev.remora.api;

/** Where stubs start their calls: a virtual connection to a service, wherever its servers are. For use by any thread. */
public interface Channel {
    /** A new call; nothing is sent before {@link ClientCall#start}. */
    <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options);
}
