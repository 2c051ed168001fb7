package dev.remora.runtime.compression;

import dev.remora.api.Compression;
import dev.remora.api.Marshaller;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.CompressionSettings;
import dev.remora.runtime.envelope.Coding;
import dev.remora.spi.SettingValues;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one side compresses and reads.
 *
 * @param usual for calls that do not say themselves
 * @param minBytes smaller messages stay as they are
 * @param level 1 to 9
 * @param reads whether compressed messages are read without being asked for
 */
public record CompressionPolicy(Compression usual, int minBytes, int level, boolean reads) {
    /** Numbers of what is read here, as in {@link Coding#readable()}. */
    private static final int ALL_READABLE = 1 << (Coding.GZIP - 1);

    /** That of a channel. */
    public static CompressionPolicy ofClient(SettingValues values) {
        return of(values, values.get(CompressionSettings.ACCEPT_RESPONSES));
    }

    /** That of a server. */
    public static CompressionPolicy ofServer(SettingValues values) {
        return of(values, values.get(CompressionSettings.ACCEPT_REQUESTS));
    }

    private static CompressionPolicy of(SettingValues values, boolean reads) {
        Compression usual = values.get(CompressionSettings.ALGORITHM).equals(CompressionSettings.GZIP)
                ? Compression.GZIP
                : Compression.NONE;
        return new CompressionPolicy(
                usual, values.getInt(CompressionSettings.MIN_BYTES), values.getInt(CompressionSettings.LEVEL), reads);
    }

    /** What a client that sends a request reads in the response: {@link Coding#readable()}. */
    public int readable(@Nullable Compression chosen) {
        boolean compresses = (chosen == null ? usual : chosen) != Compression.NONE;
        return compresses || (chosen == null && reads) ? ALL_READABLE : 0;
    }

    /** What a client compresses its messages by: {@link Coding#algorithm()}, 0 for none. */
    public int algorithm(@Nullable Compression chosen) {
        return (chosen == null ? usual : chosen) == Compression.NONE ? 0 : Coding.GZIP;
    }

    /**
     * The message made smaller.
     *
     * @param chosen null for what is usual
     * @param size of the message, in bytes
     * @return null if it is to stay as it is: nobody wants it compressed, it is small, or it does not get smaller
     */
    public <T> @Nullable CompressedMessage compress(
            @Nullable Compression chosen, Marshaller<T> marshaller, T message, int size) {
        Compression wanted = chosen == null ? usual : chosen;
        if (wanted == Compression.NONE || size < minBytes) {
            return null;
        }
        byte[] plain = new byte[size];
        ByteBuffer target = ByteBuffer.wrap(plain);
        marshaller.write(message, target);
        if (target.hasRemaining()) {
            throw new IllegalStateException("the marshaller wrote " + target.remaining() + " bytes too few");
        }
        ByteBuffer compressed = ByteBuffer.allocate(size);
        return Gzip.compress(plain, level, compressed) ? new CompressedMessage(compressed.flip(), size) : null;
    }

    /** Why a server does not read a request so written; null if it does. */
    public @Nullable Status refusal(Object method, Coding coding) {
        if (coding.isPlain()) {
            return null;
        }
        if (!reads) {
            return Status.of(
                    StatusCode.UNIMPLEMENTED,
                    "the request of " + method + " is compressed, and this server takes none such (remora.server."
                            + CompressionSettings.ACCEPT_REQUESTS.name() + "): send it without compression");
        }
        return coding.algorithm() == Coding.GZIP
                ? null
                : Status.of(
                        StatusCode.UNIMPLEMENTED,
                        "the request of " + method + " is compressed by algorithm " + coding.algorithm()
                                + "; this server reads gzip (" + Coding.GZIP + ")");
    }

    /**
     * The message itself.
     *
     * @param what the message, for errors
     * @param source from its position on, as it came
     * @return a view of the same bytes if they are not compressed
     * @throws RpcException with INTERNAL if it cannot be read, or is not of the size announced; what that size may be has
     *     been checked before
     */
    public static ByteBuffer plain(String what, Object method, Coding coding, ByteBuffer source) {
        if (coding.isPlain()) {
            return source;
        }
        if (coding.algorithm() != Coding.GZIP) {
            throw new RpcException(
                    StatusCode.INTERNAL,
                    what + " of " + method + " is compressed by algorithm " + coding.algorithm()
                            + ", which was not asked for");
        }
        try {
            return ByteBuffer.wrap(Gzip.decompress(source, coding.messageBytes()));
        } catch (CorruptMessageException e) {
            throw new RpcException(
                    StatusCode.INTERNAL, what + " of " + method + " cannot be decompressed: " + e.getMessage());
        }
    }
}
