package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import java.nio.ByteBuffer;

/**
 * Head of a request. Layout in the package's description.
 *
 * @param timeoutUs time the caller still waits in microseconds, 0 = without end
 * @param method where the name of the method stands in the buffer that was read
 * @param methodLength its bytes
 * @param metadata what the caller sent beside the message
 * @param coding how the message is written, and what the caller reads
 */
public record RequestEnvelope(long timeoutUs, int method, int methodLength, Metadata metadata, Coding coding) {

    /** Bytes in front of a message that is as it is. */
    public static int size(long timeoutUs, byte[] method, Metadata metadata) {
        return size(Coding.PLAIN, timeoutUs, method, metadata);
    }

    /** Bytes in front of the message. */
    public static int size(Coding coding, long timeoutUs, byte[] method, Metadata metadata) {
        return coding.size(Wire.UNARY_REQUEST)
                + Varint.size(timeoutUs)
                + Wire.size(method)
                + MetadataBlock.size(metadata);
    }

    /** Writes the head of a message that is as it is: {@link #size} bytes. */
    public static void write(ByteBuffer out, long timeoutUs, byte[] method, Metadata metadata) {
        write(out, Coding.PLAIN, timeoutUs, method, metadata);
    }

    /** Writes the head: {@link #size} bytes. */
    public static void write(ByteBuffer out, Coding coding, long timeoutUs, byte[] method, Metadata metadata) {
        coding.write(out, Wire.UNARY_REQUEST);
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
        Coding coding = Wire.readHead(in, Wire.UNARY_REQUEST);
        long timeoutUs = Varint.readLong(in, "the time left");
        int length = Varint.readLength(in, "length of the method's name");
        int method = in.position();
        in.position(method + length);
        return new RequestEnvelope(timeoutUs, method, length, MetadataBlock.read(in, maxMetadataBytes), coding);
    }
}
