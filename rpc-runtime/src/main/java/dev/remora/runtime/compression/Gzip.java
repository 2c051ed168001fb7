package dev.remora.runtime.compression;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * One message as one member of the gzip format (RFC 1952), without name, comment or other optional fields: ten bytes in
 * front, the deflated bytes, checksum and size behind. What is read must be exactly of the size that was announced ahead of
 * it, so that nobody can make this side produce more bytes than it has agreed to. For any thread.
 */
public final class Gzip {
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TRAILER_BYTES = 8;
    private static final int FLAGS_AT = 3;

    /** Deflate cannot do better than this: 258 bytes for two bits. Who announces more lies. */
    private static final long MAX_RATIO = 1032;

    /** By level, 1 to 9: one that is used again with another level first flushes as the old one would. */
    private static final List<Pool<Deflater>> DEFLATERS = IntStream.rangeClosed(1, 9)
            .mapToObj(level -> new Pool<>(() -> new Deflater(level, true), Deflater::end))
            .toList();

    private static final Pool<Inflater> INFLATERS = new Pool<>(() -> new Inflater(true), Inflater::end);

    private Gzip() {}

    /**
     * Compresses.
     *
     * @param level 1 (fast) to 9 (small)
     * @param target takes the result from its position on; its position is behind the result afterwards
     * @return whether the result fits; if not, {@code target} holds nothing of use
     */
    public static boolean compress(byte[] message, int level, ByteBuffer target) {
        if (target.remaining() < HEAD.length + TRAILER_BYTES) {
            return false;
        }
        target.put(HEAD);
        Pool<Deflater> pool = DEFLATERS.get(level - 1);
        Deflater deflater = pool.take();
        try {
            deflater.setInput(message);
            deflater.finish();
            target.limit(target.limit() - TRAILER_BYTES);
            while (!deflater.finished()) {
                if (deflater.deflate(target) == 0 && !deflater.finished()) {
                    return false;
                }
            }
            target.limit(target.limit() + TRAILER_BYTES);
        } finally {
            deflater.reset();
            pool.giveBack(deflater);
        }
        CRC32 checksum = new CRC32();
        checksum.update(message);
        target.order(ByteOrder.LITTLE_ENDIAN);
        target.putInt((int) checksum.getValue()).putInt(message.length);
        target.order(ByteOrder.BIG_ENDIAN);
        return true;
    }

    /**
     * Takes a compressed message apart.
     *
     * @param source from its position to its limit; its position does not move
     * @param messageBytes size that was announced, and is acceptable
     * @return exactly so many bytes
     * @throws CorruptMessageException if it is not such a message, or one of another size
     */
    public static byte[] decompress(ByteBuffer source, int messageBytes) throws CorruptMessageException {
        ByteBuffer in = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        checkHead(in);
        int deflatedBytes = in.remaining() - HEAD.length - TRAILER_BYTES;
        if (messageBytes > MAX_RATIO * deflatedBytes) {
            throw new CorruptMessageException(
                    deflatedBytes + " bytes of deflate cannot hold the " + messageBytes + " bytes announced");
        }
        int trailerAt = in.limit() - TRAILER_BYTES;
        byte[] message = new byte[messageBytes];
        inflate(in.slice(in.position() + HEAD.length, deflatedBytes), message);
        CRC32 checksum = new CRC32();
        checksum.update(message);
        if (in.getInt(trailerAt) != (int) checksum.getValue() || in.getInt(trailerAt + 4) != messageBytes) {
            throw new CorruptMessageException("checksum or size behind the message are wrong");
        }
        return message;
    }

    private static void checkHead(ByteBuffer in) throws CorruptMessageException {
        int at = in.position();
        if (in.remaining() < HEAD.length + TRAILER_BYTES) {
            throw new CorruptMessageException(in.remaining() + " bytes are too few for gzip");
        }
        if (in.get(at) != HEAD[0] || in.get(at + 1) != HEAD[1] || in.get(at + 2) != HEAD[2]) {
            throw new CorruptMessageException("it does not begin as gzip does");
        }
        if (in.get(at + FLAGS_AT) != 0) {
            throw new CorruptMessageException("it has optional fields of gzip, which are not read here");
        }
    }

    private static void inflate(ByteBuffer deflated, byte[] message) throws CorruptMessageException {
        Inflater inflater = INFLATERS.take();
        try {
            inflater.setInput(deflated);
            int done = 0;
            // One byte more than announced is asked for, which shows a message that has more, and makes inflate see the
            // end.
            byte[] more = new byte[1];
            while (!inflater.finished()) {
                int n = done < message.length
                        ? inflater.inflate(message, done, message.length - done)
                        : inflater.inflate(more);
                done += n;
                if (done > message.length) {
                    throw new CorruptMessageException("it has more than the " + message.length + " bytes announced");
                }
                if (n == 0 && !inflater.finished()) {
                    throw new CorruptMessageException("it ends in the middle, after " + done + " bytes");
                }
            }
            if (done < message.length || inflater.getRemaining() > 0) {
                throw new CorruptMessageException("it has " + done + " bytes where " + message.length
                        + " were announced, and " + inflater.getRemaining() + " bytes behind its end");
            }
        } catch (DataFormatException e) {
            throw new CorruptMessageException("it is not deflate: " + e.getMessage());
        } finally {
            inflater.reset();
            INFLATERS.giveBack(inflater);
        }
    }
}
