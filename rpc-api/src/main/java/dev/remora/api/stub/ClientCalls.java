package dev.remora.api.stub;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import java.util.concurrent.CompletableFuture;

/** Makes calls in each style. Generated stubs use it; so may code that knows its methods only at run time. */
public final class ClientCalls {
    private ClientCalls() {}

    /**
     * Makes a unary call and waits for its response.
     *
     * @throws RpcException if the call did not end with OK; CANCELLED if the thread is interrupted, with the interrupt
     *     flag set again and the call cancelled
     */
    public static <Q, R> R blockingUnary(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options, Q request) {
        ClientCall<Q, R> call = channel.newCall(method, options);
        BlockingUnaryCall<R> listener = new BlockingUnaryCall<>(method);
        startUnary(call, listener, request);
        return listener.await(call);
    }

    /**
     * Makes a unary call. The future completes on the thread that reports the end of the call, exceptionally with
     * {@link RpcException}; cancelling it cancels the call.
     */
    public static <Q, R> CompletableFuture<R> futureUnary(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options, Q request) {
        ClientCall<Q, R> call;
        try {
            call = channel.newCall(method, options);
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
        FutureUnaryCall<R> future = new FutureUnaryCall<>(method, call);
        try {
            startUnary(call, future, request);
        } catch (RpcException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    /** Makes a unary call; the observer gets the response and the end together, or an {@link RpcException}. */
    public static <Q, R> void callbackUnary(
            Channel channel,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            Q request,
            StreamObserver<R> responses) {
        ClientCall<Q, R> call = channel.newCall(method, options);
        startUnary(call, new CallbackCall<>(method, call, responses, true), request);
    }

    /** Makes a server-streaming call and gives its responses to read. */
    public static <Q, R> StreamReader<R> blockingServerStreaming(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options, Q request) {
        ClientCall<Q, R> call = channel.newCall(method, options);
        BlockingStreamCall<Q, R> stream = new BlockingStreamCall<>(method, call);
        stream.start();
        sendOnly(call, request);
        return stream;
    }

    /** Starts a client-streaming call. */
    public static <Q, R> ClientStream<Q, R> blockingClientStreaming(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        BlockingStreamCall<Q, R> stream = new BlockingStreamCall<>(method, channel.newCall(method, options));
        stream.start();
        return new BlockingClientStream<>(method, stream);
    }

    /** Starts a bidirectional call. */
    public static <Q, R> BidiStream<Q, R> blockingBidi(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        BlockingStreamCall<Q, R> stream = new BlockingStreamCall<>(method, channel.newCall(method, options));
        stream.start();
        return stream;
    }

    /** Makes a server-streaming call; the observer's speed holds the server back. */
    public static <Q, R> void callbackServerStreaming(
            Channel channel,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            Q request,
            StreamObserver<R> responses) {
        ClientCall<Q, R> call = channel.newCall(method, options);
        new CallbackCall<>(method, call, responses, false).start();
        sendOnly(call, request);
    }

    /** Starts a client-streaming call; the observer gets the response and the end together. */
    public static <Q, R> CallStreamObserver<Q> callbackClientStreaming(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options, StreamObserver<R> responses) {
        CallbackCall<Q, R> call = new CallbackCall<>(method, channel.newCall(method, options), responses, true);
        call.start();
        return call;
    }

    /** Starts a bidirectional call. */
    public static <Q, R> CallStreamObserver<Q> callbackBidi(
            Channel channel, MethodDescriptor<Q, R> method, CallOptions options, StreamObserver<R> responses) {
        CallbackCall<Q, R> call = new CallbackCall<>(method, channel.newCall(method, options), responses, false);
        call.start();
        return call;
    }

    private static <Q, R> void startUnary(ClientCall<Q, R> call, ClientCall.Listener<R> listener, Q request) {
        // The channel sends the metadata of the options; there is none beside it.
        call.start(listener, Metadata.EMPTY);
        call.request(1);
        sendOnly(call, request);
    }

    private static <Q, R> void sendOnly(ClientCall<Q, R> call, Q request) {
        try {
            call.sendMessage(request);
            call.halfClose();
        } catch (RuntimeException | Error e) {
            // A call that was started must end, also when its request cannot be written.
            call.cancel("sending the request failed", e);
            throw e;
        }
    }
}
