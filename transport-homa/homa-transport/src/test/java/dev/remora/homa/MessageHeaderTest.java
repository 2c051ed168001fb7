package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageHeaderTest {
    private final MessageHeader header = new MessageHeader();
    private final MessagePool pool = new MessagePool(1 << 20, 1 << 20);

    /** As a sender writes it: header in front of three bytes. */
    private ByteBuffer written(MessageKind kind) {
        OutgoingMessage message = pool.lend(3);
        message.bytes().put(new byte[] {7, 8, 9});
        OutgoingMessage.take(message);
        ByteBuffer fields = message.header(kind);
        switch (kind) {
            case REQUEST_PART -> fields.putLong(-5).putInt(2_000_000).putInt(300);
            case PULL -> fields.putLong(-5).putInt(300);
            case RESPONSE_FIRST -> fields.putLong(-5).putInt(2_000_000);
            case CANCEL_RPC, CANCEL_PARTS, DISCARD -> fields.putLong(-5);
            case TOO_LARGE -> fields.putInt(2_000_000);
            default -> {}
        }
        int bytes = kind.headerBytes() + (kind.bytesFollow() ? 3 : 0);
        return message.memory()
                .asSlice(OutgoingMessage.start(kind), bytes)
                .asByteBuffer()
                .asReadOnlyBuffer();
    }

    @ParameterizedTest
    @EnumSource
    void isReadAsItWasWritten(MessageKind kind) {
        ByteBuffer bytes = written(kind);
        assertThat(header.read(bytes)).isEqualTo(kind);
        assertThat(kind.headerBytes()).isLessThanOrEqualTo(OutgoingMessage.HEADER_ROOM);
        if (kind.bytesFollow()) {
            byte[] rest = new byte[bytes.remaining()];
            bytes.get(rest);
            assertThat(rest).containsExactly(7, 8, 9);
        } else {
            assertThat(bytes.hasRemaining()).isFalse();
        }
        switch (kind) {
            case REQUEST_PART -> assertFields(-5, 2_000_000, 300);
            case PULL -> assertFields(-5, 0, 300);
            case RESPONSE_FIRST -> assertFields(-5, 2_000_000, 0);
            case CANCEL_RPC, CANCEL_PARTS, DISCARD -> assertFields(-5, 0, 0);
            case TOO_LARGE -> assertFields(0, 2_000_000, 0);
            default -> assertFields(0, 0, 0);
        }
    }

    private void assertFields(long token, int total, int offset) {
        assertThat(header.token()).isEqualTo(token);
        assertThat(header.total()).isEqualTo(total);
        assertThat(header.offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedWhenCutShort(MessageKind kind) {
        for (int length = 0; length < kind.headerBytes(); length++) {
            assertThat(header.read(written(kind).slice(0, length)))
                    .as("%s cut to %d bytes", kind, length)
                    .isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedWithBytesWhereNoneMayFollow(MessageKind kind) {
        byte[] longer = new byte[kind.headerBytes() + 1];
        longer[0] = kind.code();
        assertThat(header.read(ByteBuffer.wrap(longer)) == null).isEqualTo(!kind.bytesFollow());
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        int understood = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(MessageHeader.MAX_BYTES + 4)];
            random.nextBytes(bytes);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            MessageKind kind = header.read(buffer);
            if (kind != null) {
                understood++;
                assertThat(buffer.position()).as("seed %d", seed).isEqualTo(kind.headerBytes());
                assertThat(bytes[0]).as("seed %d", seed).isEqualTo(kind.code());
            }
        }
        assertThat(understood).as("seed %d", seed).isPositive();
    }
}
