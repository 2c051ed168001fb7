package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Head of a request that belongs to a stream. Layout in the package's description.
 *
 * @param flags any of the constants of this class
 * @param client number of the channel that opened the stream, the first half of the stream's id
 * @param stream number of the stream among those of that channel, the second half
 * @param limit cost of all messages that the server may send, counted from the stream's first
 * @param received segments of the server that have arrived
 * @param holdMs with {@link #HOLD}: how long the server may keep the request before it answers
 * @param opening with {@link #OPEN}: what is called, else null
 * @param sequence with {@link #SEGMENT}: number of the segment whose messages follow, from 0
 * @param coding if it has an algorithm, the messages are {@linkplain StreamMessages marked} and some may be compressed; with
 *     {@link #OPEN} it says so whether there are messages or not if later ones may be, and what the client reads
 */
public record StreamRequest(
        int flags,
        long client,
        long stream,
        long limit,
        long received,
        long holdMs,
        @Nullable Opening opening,
        long sequence,
        Coding coding) {
    /** The first request of a stream, which says what is called. */
    public static final int OPEN = 0x01;
    /** The server keeps the request until it has something to say. */
    public static final int HOLD = 0x02;
    /** A segment of messages follows, to the end. */
    public static final int SEGMENT = 0x04;
    /** The segment is the client's last one. */
    public static final int LAST = 0x08;
    /** The client gives the stream up. */
    public static final int CANCEL = 0x10;
    /** The client has messages that wait for credit, or had before this segment. */
    public static final int BLOCKED = 0x20;

    private static final int KNOWN = OPEN | HOLD | SEGMENT | LAST | CANCEL | BLOCKED;
    private static final int ID_BYTES = 16;

    /**
     * What is called.
     *
     * @param timeoutUs time the caller still waits in microseconds, 0 = without end
     * @param method full name as bytes
     */
    public record Opening(long timeoutUs, byte[] method, Metadata metadata) {}

    /** Without compression. */
    public StreamRequest(
            int flags,
            long client,
            long stream,
            long limit,
            long received,
            long holdMs,
            @Nullable Opening opening,
            long sequence) {
        this(flags, client, stream, limit, received, holdMs, opening, sequence, Coding.PLAIN);
    }

    /** Whether a request that has just come in belongs to a stream; looks at the first bytes and moves nothing. */
    public static boolean isOne(ByteBuffer in) {
        int at = in.position();
        return in.remaining() >= 2 && Wire.isVersion(in.get(at)) && in.get(at + 1) == Wire.STREAM_REQUEST;
    }

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }

    /** Bytes in front of the messages. */
    public int size() {
        int size = coding.size(Wire.STREAM_REQUEST) + 1 + ID_BYTES + Varint.size(limit) + Varint.size(received);
        if (has(HOLD)) {
            size += Varint.size(holdMs);
        }
        if (opening != null) {
            size += Varint.size(opening.timeoutUs) + Wire.size(opening.method) + MetadataBlock.size(opening.metadata);
        }
        return has(SEGMENT) ? size + Varint.size(sequence) : size;
    }

    public void write(ByteBuffer out) {
        coding.write(out, Wire.STREAM_REQUEST);
        out.put((byte) flags);
        out.putLong(client).putLong(stream);
        Varint.write(out, limit);
        Varint.write(out, received);
        if (has(HOLD)) {
            Varint.write(out, holdMs);
        }
        if (opening != null) {
            Varint.write(out, opening.timeoutUs);
            Wire.writeBytes(out, opening.method);
            MetadataBlock.write(out, opening.metadata);
        }
        if (has(SEGMENT)) {
            Varint.write(out, sequence);
        }
    }

    /**
     * Reads the head and leaves the position at the messages.
     *
     * @param maxMetadataBytes bound for the metadata
     */
    public static StreamRequest read(ByteBuffer in, int maxMetadataBytes) throws MalformedEnvelopeException {
        Coding coding = Wire.readHead(in, Wire.STREAM_REQUEST);
        int flags = Wire.readFlags(in, KNOWN);
        if ((flags & LAST) != 0 && (flags & SEGMENT) == 0) {
            throw new MalformedEnvelopeException("the last segment is announced, but there is no segment");
        }
        if (in.remaining() < ID_BYTES) {
            throw new MalformedEnvelopeException("ends at byte " + in.limit() + ", inside the stream's id");
        }
        long client = in.getLong();
        long stream = in.getLong();
        long limit = Varint.readLong(in, "the credit");
        long received = Varint.readLong(in, "the number of segments received");
        long holdMs = (flags & HOLD) == 0 ? 0 : Varint.readLong(in, "the time to hold");
        Opening opening = null;
        if ((flags & OPEN) != 0) {
            long timeoutUs = Varint.readLong(in, "the time left");
            byte[] method = Wire.readBytes(in, "the method's name");
            opening = new Opening(timeoutUs, method, MetadataBlock.read(in, maxMetadataBytes));
        }
        long sequence = (flags & SEGMENT) == 0 ? 0 : Varint.readLong(in, "the segment's number");
        return new StreamRequest(flags, client, stream, limit, received, holdMs, opening, sequence, coding);
    }
}
