package dev.remora.testing.fault;

import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Whose request it is, read from the envelope without moving anything in the buffer. */
final class MethodOf {
    private MethodOf() {}

    /**
     * Full name of the method; empty for bytes that name none, which only the pattern {@code *} matches: of the requests of
     * a stream all but its opening.
     */
    static String request(MessageBuffer request) {
        ByteBuffer bytes = request.bytes().duplicate();
        bytes.clear().limit(request.size());
        try {
            if (StreamRequest.isOne(bytes)) {
                StreamRequest.Opening opening =
                        StreamRequest.read(bytes, Integer.MAX_VALUE).opening();
                return opening == null ? "" : new String(opening.method(), StandardCharsets.UTF_8);
            }
            RequestEnvelope envelope = RequestEnvelope.read(bytes, Integer.MAX_VALUE);
            byte[] name = new byte[envelope.methodLength()];
            bytes.get(envelope.method(), name);
            return new String(name, StandardCharsets.UTF_8);
        } catch (MalformedEnvelopeException e) {
            return "";
        }
    }
}
