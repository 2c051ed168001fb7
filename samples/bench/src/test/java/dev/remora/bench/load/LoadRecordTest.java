package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadRecordTest {
    @TempDir
    private Path folder;

    private final LoadPlan plan =
            LoadPlan.of(SizeDistribution.workload("w4").cutAt(1_000_000), 1_000, Duration.ofMillis(2_500));

    /** Calls that take their time by their size, some of which fail or never end. */
    private static LoadRecord sample(LoadPlan plan) throws InterruptedException {
        ManualTime time = new ManualTime();
        int[] calls = {0};
        Call call = (target, request, response, outcome) -> {
            int number = ++calls[0];
            if (number % 50 == 0) {
                outcome.failed(new IllegalStateException("reset"));
            } else if (number % 77 != 0) {
                time.after(20_000 + request, outcome::succeeded);
            }
        };
        return OpenLoop.run(call, plan, new LoadOptions(20_000, 300_000_000), time);
    }

    @Test
    void twoClientsTogether() throws InterruptedException {
        LoadRecord one = sample(plan.part(0, 2));
        LoadRecord other = sample(plan.part(1, 2));
        LoadRecord both = one.merge(other);

        assertThat(both.totals().due())
                .isEqualTo(one.totals().due() + other.totals().due());
        assertThat(both.totals().calls())
                .isEqualTo(one.totals().calls() + other.totals().calls());
        assertThat(both.totals().unfinished()).isGreaterThan(one.totals().unfinished());
        assertThat(both.goodputMbps()).isEqualTo(one.goodputMbps() + other.goodputMbps());
        assertThat(both.failureMessages()).containsExactly("java.lang.IllegalStateException: reset");
        assertThat(both.seconds()).hasSize(3);
        assertThat(both.seconds().get(1).calls())
                .isEqualTo(one.seconds().get(1).calls() + other.seconds().get(1).calls());
        long values = 0;
        for (int bin = 0; bin < both.bins().count(); bin++) {
            long expected =
                    one.latency(bin).getTotalCount() + other.latency(bin).getTotalCount();
            assertThat(both.latency(bin).getTotalCount()).isEqualTo(expected);
            values += expected;
        }
        assertThat(values).isEqualTo(both.totals().calls() + both.totals().unfinished());
        // and the parts are as they were
        assertThat(one.totals()).isEqualTo(sample(plan.part(0, 2)).totals());
    }

    @Test
    void onlyTheSameLoadsMerge() throws InterruptedException {
        LoadRecord one = sample(plan);
        LoadRecord otherSizes = sample(LoadPlan.of(SizeDistribution.fixed(10), 100, Duration.ofMillis(2_500)));
        LoadRecord otherTime = sample(LoadPlan.of(plan.sizes(), 100, Duration.ofMillis(500)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.merge(otherSizes))
                .withMessageContaining("the same sizes");
        assertThatIllegalArgumentException().isThrownBy(() -> one.merge(otherTime));
    }

    @Test
    void theFileHasAllOfIt() throws InterruptedException, IOException {
        LoadRecord written = sample(plan);
        Path file = folder.resolve("load");
        written.write(file);
        LoadRecord read = LoadRecord.read(file);

        assertThat(read.totals()).isEqualTo(written.totals());
        assertThat(read.measureNs()).isEqualTo(written.measureNs());
        assertThat(read.failureMessages()).isEqualTo(written.failureMessages());
        assertThat(read.notes()).isEqualTo(written.notes());
        assertThat(read.lag()).isEqualTo(written.lag());
        assertThat(read.bins().name()).isEqualTo("w4");
        assertThat(read.bins().sameAs(written.bins())).isTrue();
        for (int bin = 0; bin < written.bins().count(); bin++) {
            assertThat(read.latency(bin)).isEqualTo(written.latency(bin));
        }
        assertThat(read.seconds()).hasSameSizeAs(written.seconds());
        Slowdown before = new Slowdown(written, 20, 1_000, UnloadedTimes.of(written));
        Slowdown after = new Slowdown(read, 20, 1_000, UnloadedTimes.of(read));
        assertThat(after.all()).isEqualTo(before.all());
        assertThat(after.sizes()).isEqualTo(before.sizes());
        assertThat(after.shortCdf()).isEqualTo(before.shortCdf());
        assertThat(read.merge(written).totals().due())
                .isEqualTo(2 * written.totals().due());
        assertThat(Files.size(file)).isLessThan(200_000);
    }

    @Test
    void aDamagedFileIsRefused() throws InterruptedException, IOException {
        Path file = folder.resolve("load");
        sample(plan).write(file);
        byte[] whole = Files.readAllBytes(file);
        long seed = 4711;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            int at = random.nextInt(damaged.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            assertThatIllegalArgumentException()
                    .as("seed %d, byte %d", seed, at)
                    .isThrownBy(() -> LoadRecord.read(file))
                    .withMessageContaining("is no record of a load")
                    .withMessageContaining("run the load again");
        }
        for (int length : new int[] {0, 19, 20, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatIllegalArgumentException().isThrownBy(() -> LoadRecord.read(file));
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> LoadRecord.read(file));
        assertThatThrownBy(() -> LoadRecord.read(folder.resolve("none")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none");
    }

    /** Nonsense with a checksum that is right: refused as well, or, where only a value differs, read as what it says. */
    @Test
    void nonsenseWithTheRightChecksumIsRefused() throws InterruptedException, IOException {
        Path file = folder.resolve("load");
        sample(plan).write(file);
        byte[] whole = Files.readAllBytes(file);
        long seed = 1914;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            damaged[20 + random.nextInt(damaged.length - 20)] ^= (byte) (1 << random.nextInt(8));
            CRC32 crc = new CRC32();
            crc.update(damaged, 20, damaged.length - 20);
            ByteBuffer.wrap(damaged).putLong(12, crc.getValue());
            Files.write(file, damaged);
            try {
                LoadRecord.read(file);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("makes no sense");
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(40);
    }

    @Test
    void longTextsAreCut() throws InterruptedException {
        ManualTime time = new ManualTime();
        LoadRecord record = OpenLoop.run(
                (target, request, response, outcome) -> outcome.failed(new IllegalStateException("ä".repeat(100_000))),
                plan,
                LoadOptions.DEFAULT,
                time);
        Path file = folder.resolve("load");
        record.write(file);

        assertThat(LoadRecord.read(file).failureMessages())
                .isEqualTo(record.failureMessages())
                .singleElement()
                .asString()
                .hasSize(LoadRecord.MAX_TEXT_LENGTH)
                .endsWith("...");
    }
}
