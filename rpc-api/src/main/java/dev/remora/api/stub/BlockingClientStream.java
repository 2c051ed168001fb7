package dev.remora.api.stub;

import dev.remora.api.MethodDescriptor;

/** A streaming call whose responses are exactly one. */
final class BlockingClientStream<Q, R> implements ClientStream<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private final BlockingStreamCall<Q, R> stream;

    BlockingClientStream(MethodDescriptor<Q, R> method, BlockingStreamCall<Q, R> stream) {
        this.method = method;
        this.stream = stream;
    }

    @Override
    public void write(Q message) {
        stream.write(message);
    }

    @Override
    public R finish() {
        if (stream.isHalfClosed()) {
            throw new IllegalStateException(method + ": finish() was called before");
        }
        stream.halfClose();
        R response = stream.read();
        // The call ends well only if nothing follows the response.
        if (response == null || stream.read() != null) {
            stream.close();
            throw BlockingUnaryCall.wrongCount(method, response != null);
        }
        return response;
    }

    @Override
    public void close() {
        stream.close();
    }
}
