package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import java.nio.ByteBuffer;

/**
 * Head of a request. Layout in the package's description.
 *
 * @param timeoutUs time the caller still waits in microseconds, 0 = without end
 * @param method where the name of the method stands in the buffer that was read
 * @param methodLength its bytes
 */
public record RequestEnvelope(long timeoutUs, int method, int methodLength, Metadata metadata) {

    /** Bytes in front of the message. */
    public static int size(long timeoutUs, byte[] method, Metadata metadata) {
        return 2 + Varint.size(timeoutUs) + Wire.size(method) + MetadataBlock.size(metadata);
    }

    public static void write(ByteBuffer out, long timeoutUs, byte[] method, Metadata metadata) {
        out.put(Wire.VERSION).put(Wire.UNARY_REQUEST);
        Varint.write(out, timeoutUs);
        Wire.writeBytes(out, method);
        MetadataBlock.write(out, metadata);
    }

    /**
     * Reads the head and leaves the position at the message.
     *
     * @param maxMetadataBytes bound for the metadata
     */
    public static RequestEnvelope read(ByteBuffer in, int maxMetadataBytes) throws MalformedEnvelopeException {
        Wire.readHead(in, Wire.UNARY_REQUEST);
        long timeoutUs = Varint.readLong(in, "the time left");
        int length = Varint.readLength(in, "length of the method's name");
        int method = in.position();
        in.position(method + length);
        return new RequestEnvelope(timeoutUs, method, length, MetadataBlock.read(in, maxMetadataBytes));
    }
}
