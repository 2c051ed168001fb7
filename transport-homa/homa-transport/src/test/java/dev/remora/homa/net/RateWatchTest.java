package dev.remora.homa.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.remora.homa.net.RateWatch.Doubt;
import dev.remora.spi.TransportMetric;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** When a rate is doubted, and when no more. Time is the test's. */
class RateWatchTest {
    private static final int MBPS = 1_000;
    private static final long STEP_NS = RateWatch.SLICE_NS / 5;

    private final Logger logger = (Logger) LoggerFactory.getLogger(RateWatch.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final RateWatch watch = new RateWatch("10.0.0.1/24", MBPS);
    private final Port first = new Port();
    private final Port second = new Port();
    private long nowNs = Long.MAX_VALUE - 5_000_000_000L;

    private static final class Port implements RateWatch.Meter {
        long sent;
        long received;
        long full;

        @Override
        public long sentWireBytes() {
            return sent;
        }

        @Override
        public long receivedWireBytes() {
            return received;
        }

        @Override
        public long fullCount() {
            return full;
        }
    }

    @BeforeEach
    void begin() {
        logged.start();
        logger.addAppender(logged);
        watch.join(first);
        watch.join(second);
        watch.look(nowNs);
    }

    @AfterEach
    void end() {
        logger.detachAppender(logged);
    }

    /** So many seconds with so much sent and received; of each slice so many in a hundred find the device full. */
    private void pass(double seconds, int sentMbps, int receivedMbps, int fullPercent) {
        long steps = (long) (seconds * 1e9 / STEP_NS);
        for (long i = 0; i < steps; i++) {
            nowNs += STEP_NS;
            // Half by each port.
            for (Port port : List.of(first, second)) {
                port.sent += sentMbps * STEP_NS / 16_000;
                port.received += receivedMbps * STEP_NS / 16_000;
            }
            if (i % 5 == 0 && i / 5 % 20 < fullPercent / 5) {
                second.full++;
            }
            watch.look(nowNs);
        }
    }

    private long metric(String name) {
        return watch.metrics().stream()
                .filter(each -> each.name().equals(name))
                .map(TransportMetric::value)
                .findFirst()
                .orElseThrow()
                .getAsLong();
    }

    private List<String> warnings() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void moreThanTheLinkCarriesIsNoticedOnTheThirdSecond() {
        pass(2.2, 100, 1_500, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
        pass(1, 100, 1_500, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_LOW);
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst())
                .contains("10.0.0.1/24", "1000", "remora.homa.link-mbps = 1500", "carries 1500 Mbit/s");
        assertThat(metric("link.rate-doubt")).isEqualTo(2);
        assertThat(metric("link.received-mbps")).isEqualTo(1_500);
        assertThat(metric("link.sent-mbps")).isEqualTo(100);
    }

    @Test
    void fullDeviceThatSendsLessIsNoticedOnTheThirdSecond() {
        pass(2.2, 430, 0, 100);
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
        pass(1, 430, 0, 100);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_HIGH);
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst()).contains("only 430 Mbit/s", "one of 1000", "remora.homa.link-mbps = 430");
        assertThat(metric("link.rate-doubt")).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "900, 900, 100, a full link at its rate",
        "1050, 1050, 0, a little more than said",
        "100, 100, 70, a device that is full at times",
        "0, 0, 0, nothing"
    })
    void whatFitsIsNotDoubted(int sent, int received, int fullPercent, String what) {
        pass(20, sent, received, fullPercent);
        assertThat(watch.doubt()).as(what).isEqualTo(Doubt.NONE);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void oneBadSecondIsChance() {
        for (int i = 0; i < 10; i++) {
            pass(1, 0, 5_000, 0);
            pass(2, 0, 10, 0);
        }
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
    }

    @Test
    void doubtEndsAfterTenGoodSecondsAndIsLoggedOnce() {
        pass(5, 0, 2_000, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_LOW);
        pass(5, 0, 500, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_LOW);
        pass(6, 0, 500, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
        pass(5, 0, 2_000, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_LOW);
        assertThat(warnings()).hasSize(1);
        pass(5, 100, 0, 100);
        assertThat(watch.doubt()).isEqualTo(Doubt.TOO_HIGH);
        assertThat(warnings()).as("the other one").hasSize(2);
    }

    /** Nobody looked meanwhile: the engines slept, or the process stood. */
    @Test
    void secondsWithPausesDoNotCount() {
        for (int i = 0; i < 20; i++) {
            pass(0.8, 0, 5_000, 0);
            nowNs += 3 * RateWatch.SLICE_NS;
            first.received += 100_000_000;
            watch.look(nowNs);
        }
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
    }

    @Test
    void portThatLeavesTakesItsCountWithIt() {
        pass(1.2, 100, 100, 0);
        watch.leave(first);
        pass(10, 100, 100, 0);
        assertThat(watch.doubt()).isEqualTo(Doubt.NONE);
        assertThat(metric("link.sent-mbps")).isEqualTo(50);
    }

    @Test
    void unknownRateIsTheProtocolsDefault() {
        RateWatch unknown = new RateWatch("x", 0);
        assertThat(unknown.metrics().getFirst().value().getAsLong()).isEqualTo(25_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "7, 7", "99, 99", "104, 100", "105, 110", "947, 950", "9412, 9400", "24900, 25000"})
    void figuresAreRounded(long mbps, long rounded) {
        assertThat(RateWatch.round(mbps)).isEqualTo(rounded);
    }
}
