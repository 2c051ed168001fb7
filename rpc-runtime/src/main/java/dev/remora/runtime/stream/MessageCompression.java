package dev.remora.runtime.stream;

import dev.remora.api.Compression;
import dev.remora.api.Marshaller;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.envelope.Coding;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of one stream smaller, before they wait to be sent: so it is the smaller ones that wait, travel and count for
 * the credit. On the thread that sends.
 */
final class MessageCompression<T> {
    private final CompressionPolicy policy;
    private final Marshaller<T> marshaller;
    private final boolean peerReads;
    private volatile @Nullable Compression chosen;

    /**
     * @param peerReads whether the peer takes compressed messages; if not, none is
     * @param chosen null for what the policy says
     */
    MessageCompression(
            CompressionPolicy policy, Marshaller<T> marshaller, boolean peerReads, @Nullable Compression chosen) {
        this.policy = policy;
        this.marshaller = marshaller;
        this.peerReads = peerReads;
        this.chosen = chosen;
    }

    /** Of a client, that says in its opening what it does and what it reads. */
    static <T> MessageCompression<T> ofClient(
            CompressionPolicy policy, Marshaller<T> marshaller, @Nullable Compression chosen) {
        return new MessageCompression<>(policy, marshaller, true, chosen);
    }

    /** What the opening says. */
    Coding ofOpening() {
        return Coding.ofStream(policy.algorithm(chosen), policy.readable(chosen));
    }

    /** For messages sent from now on. Any thread. */
    void choose(Compression compression) {
        chosen = compression;
    }

    /**
     * @param size of the message, in bytes
     * @return null if it is to stay as it is
     */
    @Nullable
    CompressedMessage compress(T message, int size) {
        if (!peerReads) {
            return null;
        }
        CompressedMessage compressed = policy.compress(chosen, marshaller, message, size);
        return compressed == null ? null : compressed.trimmed();
    }
}
