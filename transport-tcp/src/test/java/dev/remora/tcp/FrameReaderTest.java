package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {
    private static final int MAX_BYTES = 1 << 20;

    /** What came, as text. */
    private static final class Recorder implements FrameSink {
        final List<String> seen = new ArrayList<>();

        @Override
        public void onHello(int version, int role, long maxMessageBytes) {
            seen.add("hello " + version + " " + role + " " + maxMessageBytes);
        }

        @Override
        public void onMessage(long rpcId, TcpMessage message) {
            seen.add(rpcId + " " + message.bytes().remaining() + " "
                    + message.bytes().hashCode());
            message.release();
        }

        @Override
        public void onControl(byte type, int code, long rpcId) {
            seen.add("type " + type + " " + code + " " + rpcId);
        }
    }

    private static FrameReader reader(FrameSink sink, AssemblyBudget budget) {
        return new FrameReader(sink, TcpFrame.REQUEST, MAX_BYTES, budget, UnpooledByteBufAllocator.DEFAULT);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyCutOfTheBytesGivesTheSameFrames(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        List<String> sent = new ArrayList<>();
        stream.writeBytes(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT, 99));
        sent.add("hello 1 1 99");
        for (int id = 1; id < 60; id++) {
            if (random.nextInt(4) == 0) {
                stream.writeBytes(RawPeer.frame(TcpFrame.CANCEL, id));
                sent.add("type 5 0 " + id);
            } else {
                int bound = 1 << random.nextInt(1, 19);
                byte[] payload = new byte[random.nextInt(bound)];
                random.nextBytes(payload);
                stream.writeBytes(RawPeer.frame(TcpFrame.REQUEST, id, payload));
                sent.add(id + " " + payload.length + " "
                        + ByteBuffer.wrap(payload).hashCode());
            }
        }
        Recorder recorder = new Recorder();
        // With odd seeds no large frame gets its memory at once.
        AssemblyBudget budget = new AssemblyBudget(seed % 2 == 0 ? MAX_BYTES : 0);
        FrameReader reader = reader(recorder, budget);
        byte[] all = stream.toByteArray();
        for (int at = 0; at < all.length; ) {
            int count = Math.min(all.length - at, random.nextInt(1, 1 << random.nextInt(1, 17)));
            reader.read(ByteBuffer.wrap(all, at, count));
            at += count;
        }
        assertThat(recorder.seen).isEqualTo(sent);
        assertThat(reader.midFrame()).isFalse();
        assertThat(budget.tryReserve(seed % 2 == 0 ? MAX_BYTES : 0)).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14})
    void randomBytesAreRefusedAndHoldNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 1000; round++) {
            AssemblyBudget budget = new AssemblyBudget(MAX_BYTES);
            FrameReader reader = reader(new Recorder(), budget);
            reader.read(ByteBuffer.wrap(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT)));
            byte[] noise = new byte[4096];
            random.nextBytes(noise);
            noise[4] = (byte) random.nextInt(10);
            noise[0] = 0;
            noise[5] = (byte) random.nextInt(2);
            try {
                reader.read(ByteBuffer.wrap(noise));
            } catch (ProtocolViolation expected) {
                assertThat(expected).hasMessageMatching(".+");
            }
            reader.close();
            assertThat(budget.tryReserve(MAX_BYTES)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 15, 16, 19})
    void aForeignByteIsToldAtOnce(int at) {
        byte[] hello = RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT);
        hello[at] ^= 1;
        FrameReader reader = reader(new Recorder(), new AssemblyBudget(0));
        reader.read(ByteBuffer.wrap(hello, 0, at));
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(hello, at, 1)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("does not speak");
    }
}
