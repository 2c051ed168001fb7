package dev.remora.api.stub;

import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.StatusCode;

/**
 * Turns methods in each style into handlers. Generated base classes use it.
 *
 * <p>A failure of a method ends the call with {@link dev.remora.api.Status#fromThrowable} and with the trailers of the
 * {@link RpcException}, if it is one.
 *
 * <p>Threads: unary methods and all methods in callback style run on the thread that reports the client's messages, which
 * is the transport's for an inline method and a virtual one otherwise. Blocking streams run on a virtual thread of their
 * own, because the one that reports messages must stay free to report them.
 */
public final class ServerCalls {
    private ServerCalls() {}

    /** One request, one response. */
    @FunctionalInterface
    public interface UnaryMethod<Q, R> {
        R call(Q request) throws Exception;
    }

    /** One request, any number of responses; the call ends with OK when the method returns. */
    @FunctionalInterface
    public interface ServerStreamingMethod<Q, R> {
        void call(Q request, StreamWriter<R> responses) throws Exception;
    }

    /** Any number of requests, one response. */
    @FunctionalInterface
    public interface ClientStreamingMethod<Q, R> {
        R call(StreamReader<Q> requests) throws Exception;
    }

    /** Both sides stream; the call ends with OK when the method returns. */
    @FunctionalInterface
    public interface BidiMethod<Q, R> {
        void call(StreamReader<Q> requests, StreamWriter<R> responses) throws Exception;
    }

    /** One request in callback style. */
    @FunctionalInterface
    public interface AsyncUnaryMethod<Q, R> {
        void call(Q request, StreamObserver<R> response) throws Exception;
    }

    /** One request, any number of responses, in callback style. */
    @FunctionalInterface
    public interface AsyncServerStreamingMethod<Q, R> {
        void call(Q request, CallStreamObserver<R> responses) throws Exception;
    }

    /** A stream of requests in callback style; the observer that is returned gets them. */
    @FunctionalInterface
    public interface AsyncStreamingMethod<Q, R> {
        StreamObserver<Q> call(CallStreamObserver<R> responses) throws Exception;
    }

    public static <Q, R> ServerCallHandler<Q, R> unary(UnaryMethod<Q, R> method) {
        return call -> {
            call.request(1);
            return new UnaryServerListener<>(call, method);
        };
    }

    public static <Q, R> ServerCallHandler<Q, R> serverStreaming(ServerStreamingMethod<Q, R> method) {
        return call -> new BlockingServerListener<>(call, true, (requests, responses) -> {
                    Q request = requests.read();
                    // The listener has checked that there is exactly one.
                    if (request != null) {
                        method.call(request, responses);
                    }
                })
                .start();
    }

    public static <Q, R> ServerCallHandler<Q, R> clientStreaming(ClientStreamingMethod<Q, R> method) {
        return call -> new BlockingServerListener<>(call, false, (requests, responses) -> {
                    R response = method.call(requests);
                    if (response == null) {
                        throw nullResponse(call.method());
                    }
                    responses.write(response);
                })
                .start();
    }

    public static <Q, R> ServerCallHandler<Q, R> bidi(BidiMethod<Q, R> method) {
        return call -> new BlockingServerListener<>(call, false, method).start();
    }

    public static <Q, R> ServerCallHandler<Q, R> asyncUnary(AsyncUnaryMethod<Q, R> method) {
        return call -> {
            call.request(1);
            return new AsyncRequestListener<>(call, new ServerResponses<>(call, true), method::call);
        };
    }

    public static <Q, R> ServerCallHandler<Q, R> asyncServerStreaming(AsyncServerStreamingMethod<Q, R> method) {
        return call -> {
            call.request(1);
            return new AsyncRequestListener<>(call, new ServerResponses<>(call, false), method);
        };
    }

    public static <Q, R> ServerCallHandler<Q, R> asyncClientStreaming(AsyncStreamingMethod<Q, R> method) {
        return call -> AsyncStreamListener.start(call, method, true);
    }

    public static <Q, R> ServerCallHandler<Q, R> asyncBidi(AsyncStreamingMethod<Q, R> method) {
        return call -> AsyncStreamListener.start(call, method, false);
    }

    /** What a method throws that its service does not implement. */
    public static RpcException unimplemented(MethodDescriptor<?, ?> method) {
        return new RpcException(StatusCode.UNIMPLEMENTED, "the server does not implement " + method.fullName());
    }

    static RpcException nullResponse(MethodDescriptor<?, ?> method) {
        return new RpcException(StatusCode.INTERNAL, "the handler of " + method.fullName() + " returned null");
    }

    static RpcException wrongRequestCount(MethodDescriptor<?, ?> method, boolean tooMany) {
        return new RpcException(
                StatusCode.INTERNAL,
                method.fullName() + ": the client sent " + (tooMany ? "more than one request" : "no request"));
    }

    static RpcException cancelled(MethodDescriptor<?, ?> method) {
        return new RpcException(StatusCode.CANCELLED, method.fullName() + ": the client gave the call up");
    }
}
