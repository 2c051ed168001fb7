package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.call.Limits;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.envelope.Coding;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What one side of a method lets through, and what it says of anything else. */
record MessageBounds(MethodDescriptor<?, ?> method, StreamConfig config, boolean client) {
    /** @return why a message of so many bytes, before compression, cannot be sent; or null */
    @Nullable
    Status refusalToSend(int size) {
        return size > config.maxSentBytes() ? tooLarge(client, size, config.maxSentBytes()) : null;
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
        if (segment.largestBytes > config.maxReceivedBytes()) {
            return tooLarge(!client, segment.largestBytes, config.maxReceivedBytes());
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
        Limits.checkMetadata(what + method, metadata, metadataKnob(), config.maxMetadataBytes());
    }

    /** The status, without its details if they are too many. */
    Status boundDetails(Status status) {
        return Limits.boundDetails(status, metadataKnob(), config.maxMetadataBytes());
    }

    private String metadataKnob() {
        return config.root() + (client ? ClientSettings.MAX_METADATA_BYTES : ServerSettings.MAX_METADATA_BYTES).name();
    }

    /** What a stream ends with whose peer does not keep to the protocol. */
    Status ruleBroken(String how) {
        return Status.of(
                StatusCode.INTERNAL,
                method + ": the " + (client ? "server" : "client") + " broke the rules of streams: " + how);
    }

    private Status tooLarge(boolean request, long size, int max) {
        String knob;
        if (client) {
            knob = (request ? ClientSettings.MAX_REQUEST_BYTES : ClientSettings.MAX_RESPONSE_BYTES).name();
        } else {
            knob = (request ? ServerSettings.MAX_REQUEST_BYTES : ServerSettings.MAX_RESPONSE_BYTES).name();
        }
        return Status.of(
                StatusCode.RESOURCE_EXHAUSTED,
                (request ? "request of " : "response of ") + method + " has " + size + " bytes, more than the " + max
                        + " that " + config.root() + knob + " allows");
    }
}
