package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HomaOptionsTest {
    private static final Setting<Long> MAX_GSO_SIZE =
            Objects.requireNonNull(HomaSettings.PROTOCOL.get(Tunable.MAX_GSO_SIZE));
    private static final Setting<Long> RESEND_TICKS =
            Objects.requireNonNull(HomaSettings.PROTOCOL.get(Tunable.RESEND_TICKS));

    private final DefaultValues defaults = DefaultValues.of(HomaSettings.ALL);

    @ParameterizedTest
    @CsvSource({
        // What the link carries in 150 us, but a packet at least, and what an IP packet's length says at most.
        "10, 1500",
        "200, 3750",
        "1000, 18750",
        "10000, 65521",
        "100000, 65521",
        // Nobody knows the rate: 25 Gbit/s.
        "0, 65521",
    })
    void superPacketsAreAsLongAsTheLinkIsFast(int linkMbps, long bytes) {
        assertThat(longestUnit(defaults, link(true, linkMbps))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        // An eighth of the time-out at most.
        "1, 250, 250",
        "8, 125, 50",
        "150, 7, 3",
        "200, 5, 2",
        "25000, 5, 2",
        // Nobody knows the rate: 25 Gbit/s.
        "0, 5, 2",
    })
    void aSlowLinkHasLongerToGiveASignOfLife(int linkMbps, long resend, long requestAck) {
        HomaConfig config = protocol(defaults, link(true, linkMbps));
        assertThat(config.get(Tunable.RESEND_TICKS)).isEqualTo(resend);
        assertThat(config.get(Tunable.RESEND_INTERVAL)).isEqualTo(resend);
        assertThat(config.get(Tunable.REQUEST_ACK_TICKS)).isEqualTo(requestAck);
        // Acknowledgments wait for half of the time after which servers ask for them.
        assertThat(config.get(Tunable.ACK_FLUSH_NS)).isEqualTo(requestAck * 500_000);
        assertThat(config.get(Tunable.TIMEOUT_TICKS)).isEqualTo(2_000);
        assertThat(protocol(defaults.with(RESEND_TICKS, 9L), link(true, linkMbps))
                        .get(Tunable.RESEND_TICKS))
                .as("what was set")
                .isEqualTo(9);
    }

    @Test
    void whatWasSetCounts() {
        assertThat(longestUnit(defaults.with(MAX_GSO_SIZE, 9_000L), link(true, 200)))
                .isEqualTo(9_000);
    }

    @Test
    void singlePacketsWhereNobodyCuts() {
        assertThat(longestUnit(defaults, link(false, 1_000))).isZero();
        assertThat(longestUnit(defaults.with(HomaSettings.ENCAPSULATION, "udp"), link(true, 1_000)))
                .isZero();
    }

    @Test
    void moreEnginesThanCpusAreToldOf() {
        DefaultValues two = defaults.with(HomaSettings.ENGINES, 2L);
        assertThat(HomaOptions.tooManyEngines(two, 1))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains(
                                "remora.homa.engines = 2",
                                "may use 1 CPU:",
                                "Set it to 1",
                                "remora.homa.idle to park"));
        assertThat(HomaOptions.tooManyEngines(two, 2)).isEmpty();
        assertThat(HomaOptions.tooManyEngines(two.with(HomaSettings.IDLE, "park"), 1))
                .isEmpty();
        assertThat(HomaOptions.tooManyEngines(defaults, 1)).isEmpty();
    }

    private static HomaConfig protocol(SettingValues values, FrameCapabilities link) {
        return HomaOptions.of(values).protocol(values, link, 0, false);
    }

    private static long longestUnit(SettingValues values, FrameCapabilities link) {
        return HomaOptions.of(values).protocol(values, link, 0, false).get(Tunable.MAX_GSO_SIZE);
    }

    private static FrameCapabilities link(boolean segmentation, int mbps) {
        return new FrameCapabilities(
                1_500, 65_535, true, true, segmentation, ChecksumSeed.COMPLETE, ChecksumSeed.COMPLETE, mbps);
    }
}
