package dev.remora.homa.sim.fault;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketFormTest {
    private final PacketForm form = new PacketForm(FaultRunTest.calm(1, 1));

    @Test
    void aGoodPacketPasses() {
        assertThatCode(() -> form.check(data(), 7)).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "byte {0} = {1}: {2}")
    @CsvSource({
        "1, 0, port 0",
        "9, 1, bytes 8-10 not zero",
        "12, 80, data offset",
        "13, 2, flags",
        "14, 1, window not zero",
        "19, 0, urgent",
        "27, 0, id",
        "28, 1, message length",
        "33, 1, incoming",
        "43, 7, odd id acknowledged",
        "45, 1, acknowledgment",
        "48, 2, retransmit",
        "49, 2, extension",
        "51, 1, pad not zero",
        "55, 9, offsets differ"
    })
    void aPacketWithABadFieldIsSeen(int at, int value, String what) {
        WirePacket packet = data();
        packet.bytes[at] = (byte) value;

        assertThatThrownBy(() -> form.check(packet, 7))
                .isInstanceOf(FaultViolation.class)
                .hasMessageStartingWith("W1: " + what);
    }

    @Test
    void aPacketOfAnUnknownTypeIsSeen() {
        WirePacket packet = data();
        packet.bytes[11] = 0x16;
        packet.bytes[12] = 0x50;

        assertThatThrownBy(() -> form.check(packet, 7)).hasMessageStartingWith("W1: type 22");
    }

    @Test
    void aLevelOutOfRangeIsSeen() {
        assertThatThrownBy(() -> form.check(data(), 8)).hasMessageStartingWith("W1: level 8");
    }

    /** The first 100 of 200 bytes; id 2. */
    private static WirePacket data() {
        ByteBuffer bytes = ByteBuffer.allocate(156);
        bytes.putShort(0, (short) 200).putShort(2, (short) 4_000);
        bytes.put(11, (byte) 0x10).put(12, (byte) 0xE0).put(13, (byte) 6);
        bytes.putShort(18, (short) 0xb97d).putLong(20, 2);
        bytes.putInt(28, 200).putInt(32, 200);
        return new WirePacket(0, 0, 1, bytes.array());
    }
}
