package dev.remora.dpdk.bench;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.LogLevel;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * What it costs to allocate and free an mbuf, singly and in bursts, all per mbuf. With hugepages if enough are free: without
 * them bursts cost two to three times as much, in C, too, since each mbuf is on a page of its own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class MemoryBenchmark {
    private static final int BURST = 32;
    private static final int MANY = 1_000;

    /** Whether the thread is registered with DPDK. */
    @Param({"true", "false"})
    public boolean registered;

    private final MbufArray array = new MbufArray(MANY);
    private final Eal eal = Eal.start(EalConfig.builder()
            .memoryMb(64)
            .hugepages(HugepagePolicy.AUTO)
            .logLevel(LogLevel.ERROR)
            .build());
    private final MbufPool pool = eal.createPool(PoolConfig.of("benchmark", 8_191));
    private MbufCache cache = pool.cache();
    private @Nullable Lcore lcore;

    @Setup
    public void register() {
        if (registered) {
            lcore = eal.registerThread();
        }
        cache = pool.cache();
    }

    @TearDown
    public void stop() {
        if (lcore != null) {
            lcore.close();
        }
        eal.close();
    }

    /** One at a time. */
    @Benchmark
    public void single(Blackhole hole) {
        long mbuf = cache.allocate();
        hole.consume(mbuf);
        cache.free(mbuf);
    }

    /** A burst. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void burst() {
        cache.allocate(array, BURST);
        cache.free(array);
    }

    /** More than the cache holds: by way of the ring. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void throughRing() {
        cache.allocate(array, MANY);
        cache.free(array);
    }

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        new Runner(new CommandLineOptions(args)).run();
    }
}
