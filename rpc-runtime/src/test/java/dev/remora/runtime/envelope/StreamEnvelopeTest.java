package dev.remora.runtime.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamEnvelopeTest {
    private static final int MAX_METADATA = 1000;
    private static final Metadata TENANT = Metadata.of(Metadata.Key.text("tenant"), "x");

    private static ByteBuffer written(StreamRequest head) {
        ByteBuffer out = ByteBuffer.allocate(head.size());
        head.write(out);
        assertThat(out.hasRemaining()).as("size() is what write() takes").isFalse();
        return out.flip();
    }

    private static ByteBuffer written(StreamResponse head) {
        ByteBuffer out = ByteBuffer.allocate(head.size());
        head.write(out);
        assertThat(out.hasRemaining()).as("size() is what write() takes").isFalse();
        return out.flip();
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes.array(), 0, bytes.limit());
    }

    /** The example of docs/envelope.md. */
    @Test
    void theOpeningOfAServerStream() throws Exception {
        byte[] method = "a.B/C".getBytes(StandardCharsets.UTF_8);
        int flags = StreamRequest.OPEN | StreamRequest.HOLD | StreamRequest.SEGMENT | StreamRequest.LAST;
        StreamRequest head = new StreamRequest(
                flags, 0x0102030405060708L, 5, 65_536, 0, 10_000, new Opening(300, method, TENANT), 0);
        ByteBuffer bytes = written(head);
        assertThat(hex(bytes))
                .isEqualTo("01 02 0f 01 02 03 04 05 06 07 08 00 00 00 00 00 00 00 05 80 80 04 00 90 4e"
                        + " ac 02 05 61 2e 42 2f 43 01 06 74 65 6e 61 6e 74 01 78 00");
        StreamRequest read = StreamRequest.read(bytes, MAX_METADATA);
        assertThat(read).usingRecursiveComparison().isEqualTo(head);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void requestsOfEveryKindComeBack() throws Exception {
        for (int flags : new int[] {
            0,
            StreamRequest.HOLD,
            StreamRequest.SEGMENT | StreamRequest.BLOCKED,
            StreamRequest.SEGMENT | StreamRequest.LAST,
            StreamRequest.CANCEL
        }) {
            long holdMs = (flags & StreamRequest.HOLD) == 0 ? 0 : 77;
            long sequence = (flags & StreamRequest.SEGMENT) == 0 ? 0 : Long.MAX_VALUE;
            StreamRequest head =
                    new StreamRequest(flags, -1, Long.MIN_VALUE, Long.MAX_VALUE, 3, holdMs, null, sequence);
            assertThat(StreamRequest.read(written(head), MAX_METADATA)).isEqualTo(head);
        }
    }

    @Test
    void responsesOfEveryKindComeBack() throws Exception {
        Status error = Status.of(StatusCode.NOT_FOUND, "gone").withDetail(StringValue.of("detail"));
        for (StreamResponse head : new StreamResponse[] {
            new StreamResponse(0, 7, 8, 0, null, null, Metadata.EMPTY),
            new StreamResponse(StreamResponse.GONE, 0, 0, 0, null, null, Metadata.EMPTY),
            new StreamResponse(
                    StreamResponse.SEGMENT | StreamResponse.STARVED, Long.MAX_VALUE, 1, 9, null, null, Metadata.EMPTY),
            new StreamResponse(StreamResponse.SEGMENT | StreamResponse.HEADERS, 1, 2, 3, TENANT, null, Metadata.EMPTY),
            new StreamResponse(StreamResponse.SEGMENT | StreamResponse.STATUS, 1, 2, 3, null, Status.OK, TENANT),
            new StreamResponse(
                    StreamResponse.SEGMENT | StreamResponse.STATUS | StreamResponse.HEADERS,
                    1,
                    2,
                    3,
                    TENANT,
                    error,
                    TENANT)
        }) {
            StreamResponse read = StreamResponse.read(written(head), MAX_METADATA);
            assertThat(read).usingRecursiveComparison().ignoringFields("status").isEqualTo(head);
            assertThat(String.valueOf(read.status())).isEqualTo(String.valueOf(head.status()));
            if (read.status() != null && head.status() != null) {
                assertThat(read.status().details()).isEqualTo(head.status().details());
            }
        }
    }

    @Test
    void aUnaryRefusalIsUnderstood() throws Exception {
        Status busy = Status.of(StatusCode.RESOURCE_EXHAUSTED, "busy");
        ByteBuffer bytes = ByteBuffer.allocate(ResponseEnvelope.size(busy, Metadata.EMPTY, TENANT));
        ResponseEnvelope.write(bytes, busy, Metadata.EMPTY, TENANT);
        StreamResponse read = StreamResponse.read(bytes.flip(), MAX_METADATA);
        assertThat(read.has(StreamResponse.REFUSED)).isTrue();
        assertThat(read.status()).hasToString("RESOURCE_EXHAUSTED: busy");
        assertThat(read.trailers()).isEqualTo(TENANT);
    }

    @Test
    void theBytesOfCompressedSegmentsAreTheDocumentedOnes() throws Exception {
        byte[] method = "a.B/C".getBytes(StandardCharsets.UTF_8);
        StreamRequest opening = new StreamRequest(
                StreamRequest.OPEN, 1, 2, 0, 0, 0, new Opening(0, method, Metadata.EMPTY), 0, Coding.ofStream(1, 1));
        ByteBuffer bytes = written(opening);
        assertThat(hex(bytes))
                .isEqualTo("02 02 03 01 01 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 02 00 00"
                        + " 00 05 61 2e 42 2f 43 00");
        assertThat(StreamRequest.isOne(bytes)).isTrue();
        assertThat(StreamRequest.read(bytes, MAX_METADATA))
                .usingRecursiveComparison()
                .isEqualTo(opening);

        StreamResponse segment =
                new StreamResponse(StreamResponse.SEGMENT, 7, 8, 9, null, null, Metadata.EMPTY, Coding.ofStream(1, 0));
        ByteBuffer out = ByteBuffer.allocate(100);
        segment.write(out);
        assertThat(out.position()).isEqualTo(segment.size());
        StreamMessages.writeCompressed(out, 2, 300);
        out.put(new byte[] {0x55, 0x66});
        StreamMessages.writeMarked(out, 1);
        out.put((byte) 0x77);
        assertThat(hex(out.flip())).isEqualTo("02 03 01 01 04 07 08 09 05 ac 02 55 66 02 77");
        assertThat(StreamResponse.read(out, MAX_METADATA)).isEqualTo(segment);
        StreamMessages.Head compressed = StreamMessages.readMarked(out, 1);
        assertThat(compressed).isEqualTo(new StreamMessages.Head(2, new Coding(1, 300, 0)));
        assertThat(compressed.messageBytes()).isEqualTo(300);
        out.position(out.position() + 2);
        assertThat(StreamMessages.readMarked(out, 1)).isEqualTo(new StreamMessages.Head(1, Coding.PLAIN));
    }

    @Test
    void sizesOfMarkedMessagesAreWhatTheyTake() throws Exception {
        for (int size : new int[] {0, 1, 63, 64, 8191, 8192, 100_000}) {
            ByteBuffer out = ByteBuffer.allocate(100);
            StreamMessages.writeMarked(out, size);
            assertThat(out.position() + size).isEqualTo(StreamMessages.markedSize(size));
            out.clear();
            StreamMessages.writeCompressed(out, size, 1_000_000);
            assertThat(out.position() + size).isEqualTo(StreamMessages.compressedSize(size, 1_000_000));
        }
    }

    @Test
    void markedMessagesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> StreamMessages.readMarked(ByteBuffer.wrap(new byte[] {4, 1}), 1))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("is 2, but only 1 bytes follow");
        ByteBuffer huge = ByteBuffer.allocate(20);
        StreamMessages.writeCompressed(huge, 1, Integer.MAX_VALUE);
        huge.put(huge.position() - 1, (byte) 0x0f);
        assertThatThrownBy(() -> StreamMessages.readMarked(huge.flip(), 1))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("size of the compressed message");
        assertThatThrownBy(() -> StreamRequest.read(ByteBuffer.wrap(new byte[] {2, 2, 4, 0}), MAX_METADATA))
                .hasMessageContaining("flags 0x4");
        assertThatThrownBy(() -> StreamRequest.read(ByteBuffer.wrap(new byte[] {2, 2, 1, 0}), MAX_METADATA))
                .hasMessageContaining("compression 0");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> StreamRequest.read(ByteBuffer.wrap(new byte[] {1, 2, 0, 1}), MAX_METADATA))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("inside the stream's id");
        assertThatThrownBy(() -> StreamRequest.read(ByteBuffer.wrap(new byte[] {1, 2, (byte) 0x80}), MAX_METADATA))
                .hasMessageContaining("unknown flags 0x80");
        assertThatThrownBy(() ->
                        StreamRequest.read(ByteBuffer.wrap(new byte[] {1, 2, StreamRequest.LAST}), MAX_METADATA))
                .hasMessageContaining("there is no segment");
        assertThatThrownBy(() ->
                        StreamResponse.read(ByteBuffer.wrap(new byte[] {1, 3, StreamResponse.STATUS}), MAX_METADATA))
                .hasMessageContaining("there is no segment");
        assertThatThrownBy(() -> StreamResponse.read(ByteBuffer.wrap(new byte[] {1, 1, 0, 0, 0}), MAX_METADATA))
                .hasMessageContaining("a unary response");
    }

    @Test
    void anyBytesAreReadOrRefused() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextInt(4) > 0) {
                bytes[0] = (byte) (1 + random.nextInt(2));
                bytes[1] = (byte) (1 + random.nextInt(3));
                bytes[2] = (byte) (bytes[2] & (bytes[0] == 1 ? 0x7f : 0x03));
            }
            try {
                StreamMessages.readMarked(ByteBuffer.wrap(bytes), 1);
            } catch (MalformedEnvelopeException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).+");
            }
            try {
                StreamRequest.read(ByteBuffer.wrap(bytes), MAX_METADATA);
            } catch (MalformedEnvelopeException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).+");
            }
            try {
                StreamResponse.read(ByteBuffer.wrap(bytes), MAX_METADATA);
            } catch (MalformedEnvelopeException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).+");
            }
        }
    }
}
