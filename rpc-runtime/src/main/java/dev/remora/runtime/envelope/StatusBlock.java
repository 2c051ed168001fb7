package dev.remora.runtime.envelope;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What tells an error beside its number: message and details. An OK has none, and takes no bytes. */
final class StatusBlock {
    private StatusBlock() {}

    static int size(Status status) {
        if (status.isOk()) {
            return 0;
        }
        int size = Wire.size(status.message().getBytes(StandardCharsets.UTF_8));
        size += Varint.size(status.details().size());
        for (Any detail : status.details()) {
            int length = detail.getSerializedSize();
            size += Varint.size(length) + length;
        }
        return size;
    }

    static void write(ByteBuffer out, Status status) {
        if (!status.isOk()) {
            Wire.writeBytes(out, status.message().getBytes(StandardCharsets.UTF_8));
            Varint.write(out, status.details().size());
            for (Any detail : status.details()) {
                Wire.writeBytes(out, detail.toByteArray());
            }
        }
    }

    /**
     * @param number of the status, read before
     * @param maxDetailBytes of more the details are left out, and the status says so
     */
    static Status read(ByteBuffer in, int number, int maxDetailBytes) throws MalformedEnvelopeException {
        if (number == 0) {
            return Status.OK;
        }
        String message = new String(Wire.readBytes(in, "the status message"), StandardCharsets.UTF_8);
        int at = in.position();
        long count = Varint.readLong(in, "the number of details");
        if (count > in.remaining()) {
            throw new MalformedEnvelopeException(count + " details at byte " + at + " cannot fit into what follows");
        }
        int first = in.position();
        List<Any> details = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            byte[] detail = Wire.readBytes(in, "a detail");
            if (in.position() - first > maxDetailBytes) {
                details.clear();
                continue;
            }
            try {
                details.add(Any.parseFrom(detail));
            } catch (InvalidProtocolBufferException e) {
                throw new MalformedEnvelopeException("detail " + i + " is not an Any: " + e.getMessage());
            }
        }
        int bytes = in.position() - first;
        return bytes <= maxDetailBytes
                ? Status.of(StatusCode.ofNumber(number), message, details)
                : Status.of(
                        StatusCode.ofNumber(number),
                        message + " (details of " + bytes + " bytes were left out; the limit is max-metadata-bytes, "
                                + maxDetailBytes + ")");
    }
}
