package dev.remora.runtime.introspection;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.api.Metadata;
import dev.remora.runtime.introspection.v1.ServerPhases;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's time went, as it travels in the trailers of an answer that took long: the only way for a client to
 * tell a slow handler from a slow network.
 *
 * @param queuedNs from arrival to the start of the handler
 * @param handlingNs in the handler
 */
public record ServerTimes(long queuedNs, long handlingNs) {
    /** The trailer. The runtime adds it and takes it away again: applications see it on neither side. */
    static final Metadata.Key<byte[]> KEY = Metadata.Key.binary("remora-server-phases-bin");

    /** Bytes of its pair in the trailers, name and lengths included, at most. */
    static final int MAX_BYTES = 64;

    private static final long NS_PER_US = 1000;
    private static final long MAX_US = Long.MAX_VALUE / NS_PER_US;

    /** What stands in these trailers; null if nothing, or what is there does not parse: it is a hint, and no call fails of it. */
    static @Nullable ServerTimes in(Metadata trailers) {
        byte[] bytes = trailers.get(KEY);
        if (bytes == null || bytes.length > MAX_BYTES) {
            return null;
        }
        try {
            ServerPhases phases = ServerPhases.parseFrom(bytes);
            return new ServerTimes(ns(phases.getQueuedUs()), ns(phases.getHandlingUs()));
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /** Whether there is room beside what the handler sends. */
    static boolean fits(Metadata trailers, int maxBytes) {
        if (trailers.isEmpty()) {
            return maxBytes >= MAX_BYTES;
        }
        long[] bytes = {MAX_BYTES};
        trailers.forEachRaw((name, value) -> bytes[0] += name.length() + value.length + 4L);
        return bytes[0] <= maxBytes;
    }

    private static long ns(long us) {
        return Math.clamp(us, 0, MAX_US) * NS_PER_US;
    }

    ServerPhases toProto() {
        return ServerPhases.newBuilder()
                .setQueuedUs(queuedNs / NS_PER_US)
                .setHandlingUs(handlingNs / NS_PER_US)
                .build();
    }

    Metadata addTo(Metadata trailers) {
        return trailers.plus(KEY, toProto().toByteArray());
    }

    long totalNs() {
        // Both come from the network: a sum that overflows is none.
        long sum = queuedNs + handlingNs;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
