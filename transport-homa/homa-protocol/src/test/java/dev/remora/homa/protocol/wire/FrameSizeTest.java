package dev.remora.homa.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameSizeTest {
    @ParameterizedTest
    @CsvSource({"1500, 1424, 1404", "3000, 2924, 2904", "9000, 8924, 8904"})
    void dataInFullPacket(int mtu, int ipv4, int ipv6) {
        assertThat(FrameSize.segmentBytes(mtu, false)).isEqualTo(ipv4);
        assertThat(FrameSize.segmentBytes(mtu, true)).isEqualTo(ipv6);
    }

    @ParameterizedTest
    @CsvSource({"1500, 10000, 6, 8544", "1500, 65536, 45, 64080", "9000, 65536, 7, 62468", "1500, 0, 1, 1424"})
    void hijackedFrameOverIpv4(int mtu, int frame, int segments, int dataBytes) {
        int n = FrameSize.segmentsPerFrame(Encapsulation.TCP_HEADER, mtu, false, frame, 1_000_000);
        assertThat(n).isEqualTo(segments);
        assertThat(n * FrameSize.segmentBytes(mtu, false)).isEqualTo(dataBytes);
        assertThat(FrameSize.segmentsPerFrame(Encapsulation.TCP_HEADER, mtu, false, 1_000_000, frame))
                .isEqualTo(segments);
    }

    /** Each native segment brings four bytes of offset along: 20 + 52 + 6 x 1428 = 8640, 20 + 52 + 7 x 1428 = 10068. */
    @ParameterizedTest
    @CsvSource({"10000, 6", "10067, 6", "10068, 7", "8639, 5", "8640, 6"})
    void nativeFrameOverIpv4(int frame, int segments) {
        assertThat(FrameSize.segmentsPerFrame(Encapsulation.HOMA, 1500, false, frame, frame))
                .isEqualTo(segments);
    }

    @Test
    void frameNeverExceedsWhatIpCanSay() {
        for (Encapsulation form : List.of(Encapsulation.TCP_HEADER, Encapsulation.HOMA)) {
            for (int mtu : new int[] {100, 576, 1500, 9000, 65_535}) {
                for (boolean ipv6 : new boolean[] {false, true}) {
                    int n = FrameSize.segmentsPerFrame(form, mtu, ipv6, 262_144, 262_144);
                    int s = FrameSize.segmentBytes(mtu, ipv6);
                    int payload = form == Encapsulation.TCP_HEADER ? 56 + n * s : 52 + n * (s + 4);
                    assertThat(payload + (ipv6 ? 0 : 20)).isLessThanOrEqualTo(65_535);
                }
            }
        }
    }

    @Test
    void mtuWithoutRoomForDataIsRefused() {
        assertThat(FrameSize.segmentBytes(77, false)).isEqualTo(1);
        assertThatThrownBy(() -> FrameSize.segmentBytes(76, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FrameSize.segmentBytes(96, true)).isInstanceOf(IllegalArgumentException.class);
    }
}
