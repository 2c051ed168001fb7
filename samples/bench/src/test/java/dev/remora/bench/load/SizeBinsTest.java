package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizeBinsTest {
    @ParameterizedTest
    @ValueSource(strings = {"w1", "w2", "w3", "w4", "w5"})
    void binsCoverEverySizeOnce(String name) {
        SizeDistribution sizes = SizeDistribution.workload(name).cutAt(1_000_000);
        SizeBins bins = SizeBins.of(sizes);

        assertThat(bins.count()).isBetween(20, SizeBins.MAX_BINS);
        for (int size : sizes.sizes()) {
            int bin = bins.indexOf(size);
            assertThat(size).isBetween(bins.fromBytes(bin), bins.toBytes(bin));
        }
        double mean = 0;
        for (int bin = 0; bin < bins.count(); bin++) {
            assertThat(bins.fromFraction(bin)).isEqualTo(bin == 0 ? 0 : bins.toFraction(bin - 1));
            assertThat(bins.toFraction(bin)).isCloseTo(sizes.fractionUpTo(bins.toBytes(bin)), within(1e-12));
            assertThat(bins.meanBytes(bin)).isBetween((double) bins.fromBytes(bin), (double) bins.toBytes(bin));
            mean += bins.meanBytes(bin) * (bins.toFraction(bin) - bins.fromFraction(bin));
        }
        assertThat(bins.toFraction(bins.count() - 1)).isEqualTo(1);
        assertThat(mean).isCloseTo(sizes.meanBytes(), within(1e-3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"w1", "w2", "w3", "w4", "w5"})
    void groupsEndWhereTheirShareIsIn(String name) {
        SizeDistribution sizes = SizeDistribution.workload(name).cutAt(1_000_000);
        SizeBins bins = SizeBins.of(sizes);

        assertShortest(sizes, bins.toBytes(bins.lastOfShortest10()), 0.1);
        assertShortest(sizes, bins.toBytes(bins.lastOfShortest50()), 0.5);
        int from = bins.fromBytes(bins.firstOfLargest10());
        assertThat(1 - sizes.fractionUpTo(from - 1)).isGreaterThanOrEqualTo(0.1 - 1e-9);
        assertThat(1 - sizes.fractionUpTo(from)).isLessThan(0.1);
    }

    private static void assertShortest(SizeDistribution sizes, int to, double share) {
        assertThat(sizes.fractionUpTo(to)).isGreaterThanOrEqualTo(share - 1e-9);
        assertThat(sizes.fractionUpTo(to - 1)).isLessThan(share - 1e-9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"w1", "w4", "w5"})
    void frequentSizesAreAloneAndTheTailIsFine(String name) {
        SizeDistribution sizes = SizeDistribution.workload(name).cutAt(1_000_000);
        SizeBins bins = SizeBins.of(sizes);

        int[] all = sizes.sizes();
        IntStream.range(0, all.length).filter(i -> sizes.share(i) >= 0.015).forEach(i -> {
            int bin = bins.indexOf(all[i]);
            assertThat(bins.fromBytes(bin)).isEqualTo(all[i]);
            assertThat(bins.toBytes(bin)).isEqualTo(all[i]);
        });
        // No bin is so wide that its mean says nothing about its messages.
        for (int bin = 0; bin < bins.count(); bin++) {
            double step = bins.fromFraction(bin) < 0.99 ? 1.4 : 1.16;
            assertThat(bins.toBytes(bin)).isLessThanOrEqualTo((int) (bins.fromBytes(bin) * step));
        }
    }

    @Test
    void groupsOfAFewSizes() {
        // 8 % of 1, 22 % of 2, 30 % of 3, 25 % of 4, 15 % of 5
        SizeDistribution sizes =
                new SizeDistribution("five", new int[] {1, 2, 3, 4, 5}, new double[] {0.08, 0.3, 0.6, 0.85, 1});
        SizeBins bins = SizeBins.of(sizes);

        assertThat(bins.count()).isEqualTo(5);
        assertThat(bins.lastOfShortest10()).isEqualTo(1);
        assertThat(bins.lastOfShortest50()).isEqualTo(2);
        assertThat(bins.firstOfLargest10()).isEqualTo(4);
    }

    @Test
    void exactTenthsAreTenths() {
        SizeDistribution sizes = even(10);
        SizeBins bins = SizeBins.of(sizes);

        assertThat(bins.lastOfShortest10()).isZero();
        assertThat(bins.lastOfShortest50()).isEqualTo(4);
        assertThat(bins.firstOfLargest10()).isEqualTo(9);
    }

    @Test
    void rareNeighboursShareABin() {
        // a thousand sizes of 0.1 % each, from 100,001: 10 to a bin
        SizeBins bins = SizeBins.of(new SizeDistribution(
                "rare", IntStream.rangeClosed(100_001, 101_000).toArray(), fractions(1_000)));

        assertThat(bins.count()).isBetween(95, 105);
        assertThat(bins.toBytes(0) - bins.fromBytes(0)).isEqualTo(9);
        assertThat(bins.meanBytes(0)).isCloseTo(100_005.5, within(1e-6));
    }

    @Test
    void neverTooManyBins() {
        // every other size has more than 1 %, with a rare one between, and the whole range of sizes behind
        int[] sizes = IntStream.concat(
                        IntStream.rangeClosed(1, 160),
                        IntStream.rangeClosed(1, 200).map(i -> 1_000 * i * i))
                .toArray();
        double[] fractions = new double[sizes.length];
        double sum = 0;
        for (int i = 0; i < sizes.length; i++) {
            sum += i < 160 ? (i % 2 == 0 ? 0.0115 : 0.0005) : 0.04 / 200;
            fractions[i] = sum;
        }
        Arrays.setAll(fractions, i -> fractions[i] / fractions[fractions.length - 1]);

        assertThat(SizeBins.of(new SizeDistribution("odd", sizes, fractions)).count())
                .isBetween(30, SizeBins.MAX_BINS);
    }

    @Test
    void unknownSizesGoToTheNextBin() {
        SizeBins bins = SizeBins.of(even(3));

        assertThat(bins.indexOf(0)).isZero();
        assertThat(bins.indexOf(1)).isZero();
        assertThat(bins.indexOf(99)).isEqualTo(2);
        assertThat(bins.indexOf(Long.MAX_VALUE)).isEqualTo(2);
    }

    @Test
    void oneOfEachHasEachBinEquallyOften() {
        SizeBins bins = SizeBins.of(SizeDistribution.workload("w4").cutAt(1_000_000));
        SizeDistribution each = bins.oneOfEach();

        assertThat(each.name()).isEqualTo("w4-each");
        assertThat(each.sizes()).hasSize(bins.count()).isSorted();
        assertThat(each.sizes()[bins.count() - 1]).isEqualTo(1_000_000);
        assertThat(each.share(0)).isCloseTo(1.0 / bins.count(), within(1e-12));
        assertThat(IntStream.of(each.sizes()).map(bins::indexOf)).doesNotHaveDuplicates();
    }

    private static SizeDistribution even(int count) {
        return new SizeDistribution("even", IntStream.rangeClosed(1, count).toArray(), fractions(count));
    }

    private static double[] fractions(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToDouble(i -> (double) i / count)
                .toArray();
    }
}
