package dev.remora.runtime.envelope;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Head of a response; for every status but OK it is the whole response. Layout in the package's description.
 */
public record ResponseEnvelope(Status status, Metadata headers, Metadata trailers) {

    /** Bytes in front of the message. */
    public static int size(Status status, Metadata headers, Metadata trailers) {
        int size = 3 + MetadataBlock.size(headers) + MetadataBlock.size(trailers);
        if (!status.isOk()) {
            size += Wire.size(status.message().getBytes(StandardCharsets.UTF_8));
            size += Varint.size(status.details().size());
            for (Any detail : status.details()) {
                int length = detail.getSerializedSize();
                size += Varint.size(length) + length;
            }
        }
        return size;
    }

    public static void write(ByteBuffer out, Status status, Metadata headers, Metadata trailers) {
        out.put(Wire.VERSION).put(Wire.UNARY_RESPONSE).put((byte) status.code().number());
        MetadataBlock.write(out, headers);
        MetadataBlock.write(out, trailers);
        if (!status.isOk()) {
            Wire.writeBytes(out, status.message().getBytes(StandardCharsets.UTF_8));
            Varint.write(out, status.details().size());
            for (Any detail : status.details()) {
                Wire.writeBytes(out, detail.toByteArray());
            }
        }
    }

    /**
     * Reads the head and leaves the position at the message.
     *
     * @param maxMetadataBytes bound for each of the two blocks
     */
    public static ResponseEnvelope read(ByteBuffer in, int maxMetadataBytes) throws MalformedEnvelopeException {
        Wire.readHead(in, Wire.UNARY_RESPONSE);
        int number = Wire.readByte(in, "the status") & 0xff;
        Metadata headers = MetadataBlock.read(in, maxMetadataBytes);
        Metadata trailers = MetadataBlock.read(in, maxMetadataBytes);
        Status status = number == 0 ? Status.OK : readStatus(in, number);
        return new ResponseEnvelope(status, headers, trailers);
    }

    private static Status readStatus(ByteBuffer in, int number) throws MalformedEnvelopeException {
        String message = new String(Wire.readBytes(in, "the status message"), StandardCharsets.UTF_8);
        int at = in.position();
        long count = Varint.readLong(in, "the number of details");
        if (count > in.remaining()) {
            throw new MalformedEnvelopeException(count + " details at byte " + at + " cannot fit into what follows");
        }
        List<Any> details = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            try {
                details.add(Any.parseFrom(Wire.readBytes(in, "a detail")));
            } catch (InvalidProtocolBufferException e) {
                throw new MalformedEnvelopeException("detail " + i + " is not an Any: " + e.getMessage());
            }
        }
        return Status.of(StatusCode.ofNumber(number), message, details);
    }
}
