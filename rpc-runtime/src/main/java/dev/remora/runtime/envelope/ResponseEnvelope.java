package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import java.nio.ByteBuffer;

/**
 * Head of a response; for every status but OK it is the whole response. Layout in the package's description.
 *
 * @param status how the call ended
 * @param headers what the server sent ahead of the message
 * @param trailers what it sent with the end
 * @param coding how the message is written
 */
public record ResponseEnvelope(Status status, Metadata headers, Metadata trailers, Coding coding) {

    /** Bytes in front of a message that is as it is. */
    public static int size(Status status, Metadata headers, Metadata trailers) {
        return size(Coding.PLAIN, status, headers, trailers);
    }

    /** Bytes in front of the message. */
    public static int size(Coding coding, Status status, Metadata headers, Metadata trailers) {
        return coding.size(Wire.UNARY_RESPONSE)
                + 1
                + MetadataBlock.size(headers)
                + MetadataBlock.size(trailers)
                + StatusBlock.size(status);
    }

    /** Writes the head of a message that is as it is: {@link #size} bytes. */
    public static void write(ByteBuffer out, Status status, Metadata headers, Metadata trailers) {
        write(out, Coding.PLAIN, status, headers, trailers);
    }

    /** Writes the head: {@link #size} bytes. */
    public static void write(ByteBuffer out, Coding coding, Status status, Metadata headers, Metadata trailers) {
        coding.write(out, Wire.UNARY_RESPONSE);
        out.put((byte) status.code().number());
        MetadataBlock.write(out, headers);
        MetadataBlock.write(out, trailers);
        StatusBlock.write(out, status);
    }

    /**
     * Reads the head and leaves the position at the message.
     *
     * @param maxMetadataBytes bound for each of the two blocks, and for the details of an error: more of those are left
     *     out, and the status says so
     */
    public static ResponseEnvelope read(ByteBuffer in, int maxMetadataBytes) throws MalformedEnvelopeException {
        Coding coding = Wire.readHead(in, Wire.UNARY_RESPONSE);
        int number = Wire.readByte(in, "the status") & 0xff;
        Metadata headers = MetadataBlock.read(in, maxMetadataBytes);
        Metadata trailers = MetadataBlock.read(in, maxMetadataBytes);
        return new ResponseEnvelope(StatusBlock.read(in, number, maxMetadataBytes), headers, trailers, coding);
    }
}
