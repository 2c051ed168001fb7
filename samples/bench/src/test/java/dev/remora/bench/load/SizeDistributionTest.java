package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeDistributionTest {
    private static final int CUT = 1_000_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "w1, 300, 8, 27, 1876, 100000, 189.17, 189.17",
        "w2, 152, 8, 269, 3151, 3529904, 441.60, 433.32",
        "w3, 842, 8, 268, 31013, 15158197, 2927.68, 2423.11",
        "w4, 460, 53, 662, 3430822, 10000000, 127796.64, 60175.12",
        "w5, 400, 1430, 72030, 27440490, 29400000, 2564689.68, 385315.51"
    })
    void workloadsAreThosePublished(
            String name, int points, int smallest, int median, int p99, int largest, double mean, double cutMean) {
        SizeDistribution sizes = SizeDistribution.workload(name);

        assertThat(sizes.name()).isEqualTo(name);
        assertThat(sizes.sizes()).hasSize(points).startsWith(smallest).endsWith(largest);
        // The tables' fractions are rounded to 12 digits: a quantile that is one of them may be the size before.
        assertThat(sizes.sizeAt(0.5 - 1e-9)).isEqualTo(median);
        assertThat(sizes.sizeAt(0.99 - 1e-9)).isEqualTo(p99);
        assertThat(sizes.meanBytes()).isCloseTo(mean, within(0.006));
        assertThat(sizes.cutAt(CUT).meanBytes()).isCloseTo(cutMean, within(0.006));
        assertThat(sizes.cutAt(CUT).sizes()).endsWith(Math.min(CUT, largest));
        assertThat(sizes.cutAt(CUT).name()).isEqualTo(name);
    }

    @Test
    void fractionsUpToASizeAreThosePublished() {
        SizeDistribution w4 = SizeDistribution.workload("W4");

        assertThat(w4.fractionUpTo(52)).isZero();
        assertThat(w4.fractionUpTo(53)).isCloseTo(0.00074, within(1e-9));
        assertThat(w4.fractionUpTo(500)).isCloseTo(0.283, within(0.0005));
        assertThat(w4.fractionUpTo(1_000_000)).isCloseTo(0.972, within(0.0005));
        assertThat(w4.fractionUpTo(10_000_000_000L)).isEqualTo(1);
        assertThat(w4.cutAt(CUT).fractionUpTo(999_999)).isCloseTo(0.9721, within(0.0001));
        assertThat(w4.cutAt(CUT).fractionUpTo(CUT)).isEqualTo(1);
    }

    @Test
    void sizesComeAsOftenAsTheyShould() {
        SizeDistribution sizes = SizeDistribution.workload("w2").cutAt(CUT);
        SplittableRandom random = new SplittableRandom(20);
        int atMost269 = 0;
        for (int i = 0; i < 100_000; i++) {
            if (sizes.sizeAt(random.nextDouble()) <= 269) {
                atMost269++;
            }
        }
        assertThat(atMost269 / 100_000.0).isCloseTo(sizes.fractionUpTo(269), within(0.005));
        assertThat(sizes.sizeAt(0)).isEqualTo(8);
        assertThat(sizes.sizeAt(Math.nextDown(1.0))).isEqualTo(CUT);
    }

    @Test
    void oneSize() {
        SizeDistribution fixed = SizeDistribution.fixed(1024);

        assertThat(fixed.name()).isEqualTo("fixed-1024");
        assertThat(fixed.sizeAt(0)).isEqualTo(1024);
        assertThat(fixed.sizeAt(0.999)).isEqualTo(1024);
        assertThat(fixed.meanBytes()).isEqualTo(1024);
        assertThat(fixed.cutAt(1024)).isSameAs(fixed);
        assertThat(fixed.cutAt(1000).sizes()).containsExactly(1000);
        assertThatIllegalArgumentException().isThrownBy(() -> SizeDistribution.fixed(0));
    }

    @Test
    void cuttingBetweenSizesAndAtOne() throws IOException {
        SizeDistribution sizes = read("size_bytes,count\n10,1\n20,1\n30,2\n");

        assertThat(sizes.cutAt(25).sizes()).containsExactly(10, 20, 25);
        assertThat(sizes.cutAt(20).sizes()).containsExactly(10, 20);
        assertThat(sizes.cutAt(20).fractionUpTo(10)).isEqualTo(0.25);
        assertThat(sizes.cutAt(30)).isSameAs(sizes);
        assertThat(sizes.cutAt(5).sizes()).containsExactly(5);
    }

    @Test
    void readsAHistogramInAnyOrder() throws IOException {
        SizeDistribution sizes = read("# mine\nsize_bytes, count\n\n300, 1\n100, 5\n200, 0\n100, 2\n");

        assertThat(sizes.name()).isEqualTo("mine");
        assertThat(sizes.sizes()).containsExactly(100, 300);
        assertThat(sizes.fractionUpTo(100)).isEqualTo(0.875);
        assertThat(sizes.meanBytes()).isEqualTo(125);
    }

    @Test
    void readsCumulativeFractions() throws IOException {
        SizeDistribution sizes = read("size_bytes,cumulative_fraction\n100,0.25\n150,0.25\n200,0.9999999\n");

        assertThat(sizes.sizes()).containsExactly(100, 200);
        assertThat(sizes.sizeAt(0.9999)).isEqualTo(200);
        assertThat(sizes.fractionUpTo(100)).isCloseTo(0.25, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "size,fraction;1,1 | line 1 | make it 'size_bytes,cumulative_fraction'",
                "'' | line 0 | the first row is ''",
                "size_bytes,count;10 | line 2 | write a size, a comma and a number",
                "size_bytes,count;10,1;ten,1 | line 3 | write whole bytes",
                "size_bytes,count;0,1 | line 2 | write whole bytes",
                "size_bytes,count;3000000000,1 | line 2 | write whole bytes, 1 to 2147483647",
                "size_bytes,count;10,-1 | line 2 | 0 or more",
                "size_bytes,count;10,NaN | line 2 | 0 or more",
                "size_bytes,count;10,many | line 2 | is no number",
                "size_bytes,count;10,0 | line 2 | add a row",
                "size_bytes,cumulative_fraction;10,0.5;10,1 | line 3 | sort the rows",
                "size_bytes,cumulative_fraction;10,0.5;20,0.4 | line 3 | cannot fall",
                "size_bytes,cumulative_fraction;10,50;20,100 | line 2 | from 0 to 1",
                "size_bytes,cumulative_fraction;10,0.5;20,0.9 | line 3 | fraction 1"
            })
    void refusesWithTheLineAndHowToMendIt(String content, String line, String mend) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(content.replace(';', '\n')))
                .withMessageContaining("mine.csv")
                .withMessageContaining(line)
                .withMessageContaining(mend);
    }

    @Test
    void saysWhatThereIsInPlaceOfAnUnknownWorkload() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SizeDistribution.workload("w6"))
                .withMessageContaining("w1, w2, w3, w4, w5");
        assertThatThrownBy(() -> SizeDistribution.read(folder.resolve("none.csv")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.csv");
    }

    private SizeDistribution read(String content) throws IOException {
        return SizeDistribution.read(Files.writeString(folder.resolve("mine.csv"), content));
    }
}
