package dev.remora.api.stub;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;

/**
 * Keeps what a server sent beside its messages, which stubs do not return: metadata and trailers of the call that was
 * made last through it. Use one per call:
 *
 * <pre>{@code
 * ResponseMetadata metadata = new ResponseMetadata();
 * User user = users.withInterceptors(metadata).getUser(request);
 * String cached = metadata.headers().get(CACHED);
 * }</pre>
 *
 * For use by any thread. What a call of a blocking stub brought is there when the call returns, or throws.
 */
public final class ResponseMetadata implements ClientInterceptor {
    private volatile Metadata headers = Metadata.EMPTY;
    private volatile Metadata trailers = Metadata.EMPTY;

    /** Nothing yet. */
    public ResponseMetadata() {}

    /** What came ahead of the messages; empty if nothing. */
    public Metadata headers() {
        return headers;
    }

    /** What came with the end, whether the call succeeded or not; empty if nothing. */
    public Metadata trailers() {
        return trailers;
    }

    @Override
    public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new ForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata requestHeaders) {
                headers = Metadata.EMPTY;
                trailers = Metadata.EMPTY;
                super.start(new Keeper<>(listener), requestHeaders);
            }
        };
    }

    private final class Keeper<R> extends ForwardingClientCall.ForwardingListener<R> {
        Keeper(ClientCall.Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onHeaders(Metadata received) {
            headers = received;
            super.onHeaders(received);
        }

        @Override
        public void onClose(Status status, Metadata received) {
            trailers = received;
            super.onClose(status, received);
        }
    }
}
