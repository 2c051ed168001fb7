package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Head of a response that belongs to a stream. Layout in the package's description.
 *
 * @param flags any of the constants of this class
 * @param limit cost of all messages that the client may send, counted from the stream's first
 * @param received segments of the client that have arrived
 * @param sequence with {@link #SEGMENT}: number of the segment whose messages follow, from 0
 * @param headers with {@link #HEADERS}: metadata ahead of the first message, else null
 * @param status with {@link #STATUS}: how the call ended, after the messages that follow; else null
 * @param trailers with {@link #STATUS}, else empty
 * @param coding if it has an algorithm, the messages are {@linkplain StreamMessages marked} and some may be compressed
 */
public record StreamResponse(
        int flags,
        long limit,
        long received,
        long sequence,
        @Nullable Metadata headers,
        @Nullable Status status,
        Metadata trailers,
        Coding coding) {
    /** The server does not know the stream, or does not any more; nothing was done. */
    public static final int GONE = 0x01;
    /** A segment of messages follows, to the end. */
    public static final int SEGMENT = 0x04;
    /** The segment is the server's last one and says how the call ended. */
    public static final int STATUS = 0x08;
    /** The segment says the metadata ahead of the first message. */
    public static final int HEADERS = 0x10;
    /** The server has messages that wait for credit, or had before this segment. */
    public static final int BLOCKED = 0x20;
    /** The server has a full segment, and credit for it, but no request to answer with it; or had, before this segment. */
    public static final int STARVED = 0x40;
    /** Not on the wire: the response is a refusal of unary form, by one who did not look at the request. */
    public static final int REFUSED = 0x100;

    private static final int KNOWN = GONE | SEGMENT | STATUS | HEADERS | BLOCKED | STARVED;

    /** Without compression. */
    public StreamResponse(
            int flags,
            long limit,
            long received,
            long sequence,
            @Nullable Metadata headers,
            @Nullable Status status,
            Metadata trailers) {
        this(flags, limit, received, sequence, headers, status, trailers, Coding.PLAIN);
    }

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }

    /** Bytes in front of the messages. */
    public int size() {
        int size = coding.size(Wire.STREAM_RESPONSE) + 1 + Varint.size(limit) + Varint.size(received);
        if (has(SEGMENT)) {
            size += Varint.size(sequence);
        }
        if (headers != null) {
            size += MetadataBlock.size(headers);
        }
        return status == null ? size : size + 1 + MetadataBlock.size(trailers) + StatusBlock.size(status);
    }

    public void write(ByteBuffer out) {
        coding.write(out, Wire.STREAM_RESPONSE);
        out.put((byte) flags);
        Varint.write(out, limit);
        Varint.write(out, received);
        if (has(SEGMENT)) {
            Varint.write(out, sequence);
        }
        if (headers != null) {
            MetadataBlock.write(out, headers);
        }
        if (status != null) {
            out.put((byte) status.code().number());
            MetadataBlock.write(out, trailers);
            StatusBlock.write(out, status);
        }
    }

    /**
     * Reads the head and leaves the position at the messages.
     *
     * @param maxMetadataBytes bound for headers, for trailers, and for the details of an error, which are left out beyond
     */
    public static StreamResponse read(ByteBuffer in, int maxMetadataBytes) throws MalformedEnvelopeException {
        int at = in.position();
        if (in.remaining() >= 2 && in.get(at) == Wire.VERSION && in.get(at + 1) == Wire.UNARY_RESPONSE) {
            ResponseEnvelope unary = ResponseEnvelope.read(in, maxMetadataBytes);
            if (unary.status().isOk()) {
                throw new MalformedEnvelopeException("a unary response to a request of a stream");
            }
            return new StreamResponse(REFUSED, 0, 0, 0, null, unary.status(), unary.trailers());
        }
        Coding coding = Wire.readHead(in, Wire.STREAM_RESPONSE);
        int flags = Wire.readFlags(in, KNOWN);
        if ((flags & (STATUS | HEADERS)) != 0 && (flags & SEGMENT) == 0) {
            throw new MalformedEnvelopeException("status or headers are announced, but there is no segment");
        }
        long limit = Varint.readLong(in, "the credit");
        long received = Varint.readLong(in, "the number of segments received");
        long sequence = (flags & SEGMENT) == 0 ? 0 : Varint.readLong(in, "the segment's number");
        Metadata headers = (flags & HEADERS) == 0 ? null : MetadataBlock.read(in, maxMetadataBytes);
        Status status = null;
        Metadata trailers = Metadata.EMPTY;
        if ((flags & STATUS) != 0) {
            int number = Wire.readByte(in, "the status") & 0xff;
            trailers = MetadataBlock.read(in, maxMetadataBytes);
            status = StatusBlock.read(in, number, maxMetadataBytes);
        }
        return new StreamResponse(flags, limit, received, sequence, headers, status, trailers, coding);
    }
}
