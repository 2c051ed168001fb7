package dev.remora.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.Metadata;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MethodOfTest {
    private static final byte[] NAME = "a.B/C".getBytes(StandardCharsets.UTF_8);

    private static String method(ByteBuffer bytes) {
        return MethodOf.request(new Heap(bytes));
    }

    private record Heap(ByteBuffer bytes) implements MessageBuffer {
        @Override
        public int size() {
            return bytes.limit();
        }

        @Override
        public void release() {}
    }

    private static ByteBuffer written(StreamRequest request) {
        ByteBuffer bytes = ByteBuffer.allocate(request.size());
        request.write(bytes);
        return bytes.flip();
    }

    @Test
    void aUnaryRequestNamesIt() {
        ByteBuffer bytes = ByteBuffer.allocate(RequestEnvelope.size(0, NAME, Metadata.EMPTY));
        RequestEnvelope.write(bytes, 0, NAME, Metadata.EMPTY);
        assertThat(method(bytes.flip())).isEqualTo("a.B/C");
    }

    @Test
    void ofAStreamTheOpeningNamesItAndNothingElse() {
        StreamRequest.Opening opening = new StreamRequest.Opening(0, NAME, Metadata.EMPTY);
        assertThat(method(written(new StreamRequest(StreamRequest.OPEN, 1, 2, 3, 0, 0, opening, 0))))
                .isEqualTo("a.B/C");
        Coding gzip = Coding.ofStream(Coding.GZIP, 1);
        assertThat(method(written(new StreamRequest(StreamRequest.OPEN, 1, 2, 3, 0, 0, opening, 0, gzip))))
                .isEqualTo("a.B/C");
        assertThat(method(written(new StreamRequest(StreamRequest.HOLD, 1, 2, 3, 0, 5, null, 0))))
                .isEmpty();
    }

    @Test
    void whatIsNoRequestNamesNone() {
        assertThat(method(ByteBuffer.wrap(new byte[] {9, 9, 9}))).isEmpty();
    }
}
