package dev.remora.runtime.stream;

import dev.remora.api.Marshaller;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.StreamMessages;
import java.nio.ByteBuffer;

/**
 * Messages that leave in one RPC.
 *
 * @param sequence its number in its direction
 * @param messages as the application gave them, or as {@link CompressedMessage}
 * @param sizes of each the bytes it travels as
 * @param cost what it takes of the credit
 * @param compressed whether any of them is
 */
record Segment<T>(long sequence, Object[] messages, int[] sizes, long cost, boolean compressed) {
    private static final Object[] NO_MESSAGES = {};
    private static final int[] NO_SIZES = {};
    private static final Coding WITH_COMPRESSED = Coding.ofStream(Coding.GZIP, 0);

    /** One that only says the end, or headers. */
    static <T> Segment<T> empty(long sequence) {
        return new Segment<>(sequence, NO_MESSAGES, NO_SIZES, 0, false);
    }

    static int countCompressed(Object[] messages) {
        int count = 0;
        for (Object message : messages) {
            count += message instanceof CompressedMessage ? 1 : 0;
        }
        return count;
    }

    int count() {
        return messages.length;
    }

    /** What its envelope must say at least. */
    Coding coding() {
        return compressed ? WITH_COMPRESSED : Coding.PLAIN;
    }

    /** Bytes on the wire. @param marked whether its envelope names a compression */
    int bytes(boolean marked) {
        long bytes = 0;
        for (int i = 0; i < sizes.length; i++) {
            if (!marked) {
                bytes += StreamMessages.size(sizes[i]);
            } else if (messages[i] instanceof CompressedMessage small) {
                bytes += StreamMessages.compressedSize(sizes[i], small.messageBytes());
            } else {
                bytes += StreamMessages.markedSize(sizes[i]);
            }
        }
        return Math.toIntExact(bytes);
    }

    /** Writes {@link #bytes}. */
    void write(Marshaller<T> marshaller, ByteBuffer out, boolean marked) {
        for (int i = 0; i < messages.length; i++) {
            if (!marked) {
                StreamMessages.writeLength(out, sizes[i]);
                writePlain(i, marshaller, out);
            } else if (messages[i] instanceof CompressedMessage small) {
                StreamMessages.writeCompressed(out, sizes[i], small.messageBytes());
                small.write(out);
            } else {
                StreamMessages.writeMarked(out, sizes[i]);
                writePlain(i, marshaller, out);
            }
        }
    }

    @SuppressWarnings("unchecked") // only messages of the type are put into an outbox
    private void writePlain(int i, Marshaller<T> marshaller, ByteBuffer out) {
        int end = out.position() + sizes[i];
        marshaller.write((T) messages[i], out);
        if (out.position() != end) {
            throw new IllegalStateException(
                    "the marshaller announced " + sizes[i] + " bytes and wrote " + (sizes[i] + out.position() - end));
        }
    }
}
