package dev.remora.runtime.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final Metadata.Key<String> TENANT = Metadata.Key.text("tenant");
    private static final Metadata.Key<byte[]> TRACE = Metadata.Key.binary("trace-bin");
    private static final byte[] METHOD = "a.B/C".getBytes(StandardCharsets.UTF_8);

    @Test
    void theBytesOfARequestAreTheDocumentedOnes() {
        Metadata metadata = Metadata.of(TENANT, "x").plus(TRACE, new byte[] {(byte) 0xff});
        ByteBuffer out = ByteBuffer.allocate(RequestEnvelope.size(300, METHOD, metadata));
        RequestEnvelope.write(out, 300, METHOD, metadata);
        assertThat(out.hasRemaining()).isFalse();
        assertThat(HexFormat.of().formatHex(out.array()))
                .isEqualTo("01" + "00" + "ac02" // version, kind, 300 us
                        + "05" + "612e422f43" // a.B/C
                        + "02" + "06" + "74656e616e74" + "01" + "78" // tenant=x
                        + "09" + "74726163652d62696e" + "01" + "ff"); // trace-bin=ff
    }

    @Test
    void theBytesOfAResponseAreTheDocumentedOnes() {
        ByteBuffer ok = ByteBuffer.allocate(ResponseEnvelope.size(Status.OK, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(ok, Status.OK, Metadata.EMPTY, Metadata.EMPTY);
        assertThat(HexFormat.of().formatHex(ok.array())).isEqualTo("0101000000");

        Status notFound = Status.of(StatusCode.NOT_FOUND, "no");
        ByteBuffer error = ByteBuffer.allocate(ResponseEnvelope.size(notFound, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(error, notFound, Metadata.EMPTY, Metadata.EMPTY);
        assertThat(HexFormat.of().formatHex(error.array())).isEqualTo("0101050000" + "026e6f" + "00");
    }

    @Test
    void theBytesOfCompressedMessagesAreTheDocumentedOnes() throws MalformedEnvelopeException {
        Coding coding = new Coding(Coding.GZIP, 300, 1);
        ByteBuffer request = ByteBuffer.allocate(RequestEnvelope.size(coding, 0, METHOD, Metadata.EMPTY));
        RequestEnvelope.write(request, coding, 0, METHOD, Metadata.EMPTY);
        assertThat(HexFormat.of().formatHex(request.array()))
                .isEqualTo("02" + "00" + "03" // version, kind, flags
                        + "01" + "ac02" + "01" // gzip, 300 bytes, reads gzip
                        + "00" + "05612e422f43" + "00"); // no deadline, a.B/C, no metadata
        assertThat(RequestEnvelope.read(request.flip(), 100).coding()).isEqualTo(coding);

        Coding answer = new Coding(Coding.GZIP, 5, 0);
        ByteBuffer response =
                ByteBuffer.allocate(ResponseEnvelope.size(answer, Status.OK, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(response, answer, Status.OK, Metadata.EMPTY, Metadata.EMPTY);
        assertThat(HexFormat.of().formatHex(response.array())).isEqualTo("020101" + "0105" + "000000");
        assertThat(ResponseEnvelope.read(response.flip(), 100).coding()).isEqualTo(answer);
    }

    @Test
    void aFlagThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> RequestEnvelope.read(ByteBuffer.wrap(new byte[] {2, 0, 4, 0, 0, 0}), 100))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("flags 0x4");
        assertThatThrownBy(() -> RequestEnvelope.read(ByteBuffer.wrap(new byte[] {2, 0, 1, 0, 9, 0, 0, 0}), 100))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("compression 0");
    }

    @Test
    void detailsBeyondTheLimitAreLeftOutAndTheStatusSaysSo() throws MalformedEnvelopeException {
        Status status = Status.of(StatusCode.NOT_FOUND, "no").withDetail(StringValue.of("x".repeat(200)));
        ByteBuffer buffer = ByteBuffer.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(buffer, status, Metadata.EMPTY, Metadata.EMPTY);

        Status read = ResponseEnvelope.read(buffer.flip(), 100).status();

        assertThat(read.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(read.details()).isEmpty();
        assertThat(read.message()).startsWith("no (details of").contains("max-metadata-bytes");
    }

    @Test
    void aRequestComesBackAsItWasWritten() throws MalformedEnvelopeException {
        Metadata metadata = Metadata.of(TENANT, "acme").plus(TENANT, "second");
        ByteBuffer buffer = ByteBuffer.allocate(RequestEnvelope.size(Long.MAX_VALUE, METHOD, metadata) + 3);
        RequestEnvelope.write(buffer, Long.MAX_VALUE, METHOD, metadata);
        buffer.put(new byte[] {7, 8, 9}).flip();

        RequestEnvelope read = RequestEnvelope.read(buffer, 1000);

        assertThat(read.timeoutUs()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.metadata().getAll(TENANT)).containsExactly("acme", "second");
        assertThat(buffer.remaining()).isEqualTo(3);
        assertThat(new String(buffer.array(), read.method(), read.methodLength(), StandardCharsets.UTF_8))
                .isEqualTo("a.B/C");
    }

    @Test
    void typedDetailsTravel() throws MalformedEnvelopeException {
        Status status = Status.of(StatusCode.ABORTED, "grüße").withDetail(StringValue.of("why"));
        ByteBuffer buffer = ByteBuffer.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(buffer, status, Metadata.EMPTY, Metadata.EMPTY);

        Status read = ResponseEnvelope.read(buffer.flip(), 1000).status();

        assertThat(read.code()).isEqualTo(StatusCode.ABORTED);
        assertThat(read.message()).isEqualTo("grüße");
        assertThat(read.detail(StringValue.class)).contains(StringValue.of("why"));
    }

    @Test
    void anotherVersionIsRefusedByName() {
        assertThatThrownBy(() -> RequestEnvelope.read(ByteBuffer.wrap(new byte[] {9, 0, 0, 0, 0}), 100))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("version 9");
    }

    @Test
    void metadataBeyondTheLimitIsRefused() {
        Metadata metadata = Metadata.of(TENANT, "x".repeat(200));
        ByteBuffer buffer = ByteBuffer.allocate(RequestEnvelope.size(0, METHOD, metadata));
        RequestEnvelope.write(buffer, 0, METHOD, metadata);
        assertThatThrownBy(() -> RequestEnvelope.read(buffer.flip(), 100))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("100 bytes");
    }

    @Test
    void everyCutEnvelopeIsRefused() throws MalformedEnvelopeException {
        Metadata metadata = Metadata.of(TENANT, "acme");
        ByteBuffer whole = ByteBuffer.allocate(RequestEnvelope.size(1_000_000, METHOD, metadata));
        RequestEnvelope.write(whole, 1_000_000, METHOD, metadata);
        for (int length = 0; length < whole.capacity(); length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole.array(), 0, length);
            assertThatThrownBy(() -> RequestEnvelope.read(cut, 1000))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(MalformedEnvelopeException.class);
        }
        assertThat(RequestEnvelope.read(ByteBuffer.wrap(whole.array()), 1000).metadata())
                .isEqualTo(metadata);
    }

    /** Whatever the bytes, a reader returns or says that they are malformed; it never fails otherwise. */
    @Test
    void randomBytesAreReadOrRefused() {
        long seed = Long.getLong("remora.seed", System.nanoTime());
        System.out.println("remora.seed=" + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 2) {
                bytes[0] = (byte) (1 + (i >> 1 & 1));
                bytes[1] = (byte) (i & 1);
            }
            try {
                if ((i & 1) == 0) {
                    RequestEnvelope.read(ByteBuffer.wrap(bytes), 1000);
                } else {
                    ResponseEnvelope.read(ByteBuffer.wrap(bytes), 1000);
                }
            } catch (MalformedEnvelopeException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
