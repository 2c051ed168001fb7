package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.remora.bench.ab.result.CdfPoint;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.SizeBin;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.IntCountsHistogram;
import org.junit.jupiter.api.Test;

class SlowdownTest {
    private static final double EXACT = 1e-9;
    /** Latencies above 205 us are not kept exactly, but to 0.1 %. */
    private static final double ROUNDED = 0.011;

    /** 60 % of 100 bytes, 30 % of 1000, 10 % of 10,000. */
    private static final SizeBins BINS =
            SizeBins.of(new SizeDistribution("three", new int[] {100, 1_000, 10_000}, new double[] {0.6, 0.9, 1}));

    /** The latencies of each bin in microseconds, of a second. */
    private static LoadRecord record(SizeBins bins, long[]... us) {
        IntCountsHistogram[] latency =
                Stream.generate(Latencies::histogram).limit(bins.count()).toArray(IntCountsHistogram[]::new);
        long calls = 0;
        for (int bin = 0; bin < us.length; bin++) {
            for (long value : us[bin]) {
                Latencies.record(latency[bin], value * 1_000);
                calls++;
            }
        }
        return new LoadRecord(
                bins,
                1_000_000_000,
                new LoadTotals(calls, 0, calls, 0, 0, 0, 0, 0, 0),
                latency,
                Latencies.histogram(),
                new LoadSecond[] {new LoadSecond()},
                List.of(),
                List.of());
    }

    private static long[] of(long... us) {
        return us;
    }

    @Test
    void ofEachMessageByBaseAndLink() {
        // expected: 10 us + 100 B at 800 Mbit/s = 11, 1000 B: 20, 10,000 B: 110
        LoadRecord load = record(BINS, of(11, 11, 22, 110, 33, 44), of(20, 40, 60), of(1_100));
        Group all = new Slowdown(load, 10, 800, UnloadedTimes.unknown()).all();

        // slowdowns 1 1 2 10 3 4, 1 2 3, 10: sorted 1 1 1 2 2 3 3 4 10 10
        assertThat(all.count()).isEqualTo(10);
        assertThat(all.fromBytes()).isEqualTo(100);
        assertThat(all.toBytes()).isEqualTo(10_000);
        assertThat(all.slowdownP50()).isCloseTo(2, within(EXACT));
        assertThat(all.slowdownP99()).isCloseTo(10, within(ROUNDED));
        assertThat(all.slowdownMean()).isCloseTo(3.7, within(ROUNDED));
        // latencies 11 11 20 22 33 40 44 60 110 1100
        assertThat(all.p50Us()).isCloseTo(33, within(EXACT));
        assertThat(all.p99Us()).isCloseTo(1_100, within(1.1));
        assertThat(all.maxUs()).isEqualTo(all.p99Us());
        assertThat(all.aloneP50()).isNaN();
        assertThat(all.aloneP99()).isNaN();
    }

    @Test
    void ofEachMessageByItsTimeAlone() {
        LoadRecord idle = record(BINS, of(10, 10, 10, 9, 11), of(30, 30, 31, 30, 29), of(200, 200, 200, 200, 200));
        UnloadedTimes alone = UnloadedTimes.of(idle);
        LoadRecord load = record(BINS, of(10, 20, 30), of(30, 300), of(400));
        Slowdown slowdown = new Slowdown(load, 10, 800, alone);

        // 1 2 3, 1 10, 2: sorted 1 1 2 2 3 10
        assertThat(slowdown.all().aloneP50()).isCloseTo(2, within(ROUNDED));
        assertThat(slowdown.all().aloneP99()).isCloseTo(10, within(ROUNDED));
        assertThat(slowdown.shortest50().aloneP99()).isCloseTo(3, within(EXACT));
        assertThat(slowdown.largest10().aloneP50()).isCloseTo(2, within(ROUNDED));
        assertThat(alone.bestUs()).isEqualTo(9);
    }

    @Test
    void groupsAreOfTheirSizesOnly() {
        LoadRecord load = record(BINS, of(11, 22), of(20), of(110, 220, 330));
        Slowdown slowdown = new Slowdown(load, 10, 800, UnloadedTimes.unknown());

        assertThat(slowdown.shortest10().toBytes()).isEqualTo(100);
        assertThat(slowdown.shortest10().count()).isEqualTo(2);
        assertThat(slowdown.shortest50()).isEqualTo(slowdown.shortest10());
        assertThat(slowdown.largest10().fromBytes()).isEqualTo(10_000);
        assertThat(slowdown.largest10().slowdownP50()).isCloseTo(2, within(ROUNDED));
        assertThat(slowdown.all().count()).isEqualTo(6);
    }

    @Test
    void oneLinePerBin() {
        List<SizeBin> sizes =
                new Slowdown(record(BINS, of(11, 22, 33), of(), of(220)), 10, 800, UnloadedTimes.unknown()).sizes();

        assertThat(sizes).hasSize(3);
        assertThat(sizes.get(0).p50Us()).isCloseTo(22, within(EXACT));
        assertThat(sizes.get(0).slowdownP99()).isCloseTo(3, within(EXACT));
        assertThat(sizes.get(0).toFraction()).isEqualTo(0.6);
        assertThat(sizes.get(1)).isEqualTo(new SizeBin(1_000, 1_000, 0.6, 0.9, 0, 0, 0, 0, 0, 0, 0));
        assertThat(sizes.get(2).slowdownP50()).isCloseTo(2, within(ROUNDED));
    }

    @Test
    void nothingMeasuredIsZero() {
        Group all = new Slowdown(record(BINS), Double.NaN, 800, UnloadedTimes.unknown()).all();

        assertThat(all).isEqualTo(new Group(100, 10_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(new Slowdown(record(BINS), 10, 800, UnloadedTimes.unknown()).shortCdf())
                .isEmpty();
    }

    @Test
    void unknownIsNotANumber() {
        // of the largest no time alone is known: those of groups without them are
        UnloadedTimes alone = UnloadedTimes.of(record(BINS, of(10, 10, 10, 10, 10), of(30, 30, 30, 30, 30)));
        Slowdown slowdown = new Slowdown(record(BINS, of(20), of(30), of(5)), Double.NaN, 800, alone);

        assertThat(slowdown.all().slowdownP50()).isNaN();
        assertThat(slowdown.all().slowdownMean()).isNaN();
        assertThat(slowdown.all().p50Us()).isEqualTo(20);
        assertThat(slowdown.shortest50().aloneP50()).isCloseTo(2, within(EXACT));
        assertThat(slowdown.largest10().aloneP50()).isNaN();
        assertThat(slowdown.all().aloneP50()).isNaN();
    }

    @Test
    void anUnlimitedLinkTakesNoTime() {
        Slowdown slowdown = new Slowdown(record(BINS, of(20), of(20), of(20)), 10, 0, UnloadedTimes.unknown());

        assertThat(slowdown.largest10().slowdownP50()).isCloseTo(2, within(ROUNDED));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Slowdown(record(BINS), 0, 800, UnloadedTimes.unknown()));
    }

    @Test
    void timesBetweenBinsAreLinearInBytes() {
        // the middle one has too few to be trusted
        UnloadedTimes alone = UnloadedTimes.of(
                record(BINS, of(10, 10, 10, 10, 10), of(900, 900, 900, 900), of(109, 109, 109, 109, 109)));

        assertThat(alone.us(100)).isEqualTo(10);
        assertThat(alone.us(1_000)).isCloseTo(10 + 99 * 900 / 9_900.0, within(EXACT));
        assertThat(alone.us(10_000)).isEqualTo(109);
        assertThat(alone.us(95)).isEqualTo(10);
        assertThat(alone.us(10_500)).isEqualTo(109);
        assertThat(alone.us(50)).isNaN();
        assertThat(alone.us(20_000)).isNaN();
        assertThat(UnloadedTimes.unknown().us(100)).isNaN();
        assertThat(UnloadedTimes.unknown().bestUs()).isNaN();
    }

    @Test
    void oneOfEachBinGivesTimesForAllOfThem() {
        SizeBins bins = SizeBins.of(SizeDistribution.workload("w3").cutAt(1_000_000));
        SizeBins idleBins = SizeBins.of(bins.oneOfEach());
        long[][] us = new long[idleBins.count()][];
        for (int bin = 0; bin < us.length; bin++) {
            us[bin] = IntStream.range(0, 10).mapToLong(i -> 50).toArray();
        }
        UnloadedTimes alone = UnloadedTimes.of(record(idleBins, us));

        for (int bin = 0; bin < bins.count(); bin++) {
            assertThat(alone.us(bins.meanBytes(bin))).as("bin %d", bin).isCloseTo(50, within(EXACT));
        }
    }

    @Test
    void theCurveHasFewPointsAndTheWholeTail() {
        long[] us = IntStream.rangeClosed(1, 100_000).mapToLong(i -> i).toArray();
        List<CdfPoint> points = new Slowdown(record(BINS, us), 10, 0, UnloadedTimes.unknown()).shortCdf();

        assertThat(points).hasSizeBetween(100, 200);
        assertThat(points.getLast().fraction()).isEqualTo(1);
        assertThat(points.getLast().us()).isCloseTo(100_000, within(100.0));
        for (int i = 1; i < points.size(); i++) {
            assertThat(points.get(i).us()).isGreaterThan(points.get(i - 1).us());
            assertThat(points.get(i).fraction()).isGreaterThan(points.get(i - 1).fraction());
        }
        assertThat(points).anySatisfy(point -> assertThat(point.fraction()).isBetween(0.9998, 0.99995));
        for (CdfPoint point : points) {
            assertThat(point.fraction()).isCloseTo(point.us() / 100_000, within(0.001));
        }
    }

    @Test
    void aCurveOfManyRarelyRepeatedValuesIsShortToo() {
        List<WeightedValues.Value> values = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            values.add(new WeightedValues.Value(i, 1));
        }
        assertThat(new WeightedValues(values).cdf()).hasSizeBetween(150, 200);
    }

    @Test
    void quantilesAreTheLeastValueThatSoManyReach() {
        WeightedValues values = new WeightedValues(List.of(
                new WeightedValues.Value(5, 1), new WeightedValues.Value(1, 50), new WeightedValues.Value(2, 49)));

        assertThat(values.quantile(0)).isEqualTo(1);
        assertThat(values.quantile(0.5)).isEqualTo(1);
        assertThat(values.quantile(0.51)).isEqualTo(2);
        assertThat(values.quantile(0.99)).isEqualTo(2);
        assertThat(values.quantile(0.999)).isEqualTo(5);
        assertThat(values.mean()).isCloseTo(1.53, within(EXACT));
    }
}
