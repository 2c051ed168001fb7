package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.envelope.Coding;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What one side of a method lets through, and what it says of anything else. */
record MessageBounds(MethodDescriptor<?, ?> method, StreamConfig config, boolean client) {
    /** @return why a message of so many bytes, before compression, cannot be sent; or null */
    @Nullable
    Status refusalToSend(int size) {
        return config.sent().refusal(kind(client), method, size);
    }

    /** @return why a message that takes so many bytes cannot wait to be sent, or null */
    @Nullable
    Status refusalToQueue(int size, Outbox<?> outbox) {
        if (!outbox.isEmpty() && outbox.waitingCost() + size > config.maxSendQueue()) {
            return Status.of(
                    StatusCode.RESOURCE_EXHAUSTED,
                    method + ": messages of more than " + config.maxSendQueue()
                            + " bytes wait to be sent, the bound is "
                            + config.root() + StreamSettings.MAX_SEND_QUEUE.name()
                            + ": send while isReady, and go on when onReady says so");
        }
        return null;
    }

    /** @return why a segment that came in cannot be taken, or null */
    @Nullable
    Status refusalToReceive(Arrived segment) {
        Status tooLarge = config.received().refusal(kind(!client), method, segment.largestBytes);
        if (tooLarge != null) {
            return tooLarge;
        }
        boolean asked = client || segment.algorithm == 0;
        return asked ? null : config.compression().refusal(method, Coding.ofStream(segment.algorithm, 0));
    }

    /**
     * A message that came in, decompressed.
     *
     * @param bytes as it came; the result may be a view of them
     * @throws dev.remora.api.RpcException with INTERNAL if it cannot be read
     */
    ByteBuffer plain(Coding coding, ByteBuffer bytes) {
        return CompressionPolicy.plain(client ? "a response" : "a request", method, coding, bytes);
    }

    /** Throws RESOURCE_EXHAUSTED for more metadata than a call may carry. */
    void checkMetadata(String what, Metadata metadata) {
        config.metadata().check(what, method, metadata);
    }

    /** The status, without its details if they are too many. */
    Status boundDetails(Status status) {
        return config.metadata().boundDetails(status);
    }

    /** What a stream ends with whose peer does not keep to the protocol. */
    Status ruleBroken(String how) {
        return Status.of(
                StatusCode.INTERNAL,
                method + ": the " + (client ? "server" : "client") + " broke the rules of streams: " + how);
    }

    private static String kind(boolean request) {
        return request ? "request of " : "response of ";
    }
}
