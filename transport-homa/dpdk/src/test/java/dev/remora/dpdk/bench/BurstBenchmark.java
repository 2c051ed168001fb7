package dev.remora.dpdk.bench;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.LogLevel;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.RingDevice;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.Toeplitz;
import dev.remora.dpdk.port.TxQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * What a burst costs beside its driver's own work: the drivers are net_ring and net_null, which hardly do any. The thread
 * is registered with DPDK. Everything is per burst, with the allocation of its mbufs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class BurstBenchmark {
    private static final int BURST = 32;

    private final MbufArray array = new MbufArray(BURST);
    private final Toeplitz toeplitz = new Toeplitz(Toeplitz.microsoftKey());
    private final Eal eal = Eal.start(EalConfig.builder()
            .memoryMb(64)
            .hugepages(HugepagePolicy.NONE)
            .logLevel(LogLevel.ERROR)
            .device(RingDevice.loop())
            .device(NullDevice.sink())
            .build());
    private final MbufPool pool = eal.createPool(PoolConfig.of("benchmark", 8_191));
    private final RxQueue ringRx = started("net_ring0").rxQueue(0);
    private final TxQueue ringTx = eal.port("net_ring0").txQueue(0);
    private final TxQueue nullTx = started("net_null0").txQueue(0);
    private MbufCache cache = pool.cache();
    private int address = 1;

    private Port started(String name) {
        Port port = eal.port(name);
        port.configure(PortConfig.builder().build(), pool);
        port.start();
        return port;
    }

    private @Nullable Lcore lcore;

    /** On the thread that measures: queues and the registration are the thread's. */
    @Setup
    public void register() {
        lcore = eal.registerThread();
        cache = pool.cache();
    }

    @TearDown
    public void stop() {
        ringRx.release();
        ringTx.release();
        nullTx.release();
        if (lcore != null) {
            lcore.close();
        }
        eal.close();
    }

    /** Nothing there. */
    @Benchmark
    public int rxEmpty() {
        return ringRx.receive(array);
    }

    /** One frame into nothing, which frees it. */
    @Benchmark
    public int txOne() {
        return transmit(1);
    }

    /** A burst into nothing, which frees it. */
    @Benchmark
    public int txBurst() {
        return transmit(BURST);
    }

    /** One frame through the ring and back. */
    @Benchmark
    public int loopOne() {
        return loop(1);
    }

    /** A burst through the ring and back. */
    @Benchmark
    public int loopBurst() {
        return loop(BURST);
    }

    /** Hash of an IPv4 flow. */
    @Benchmark
    public int toeplitzIpv4() {
        return toeplitz.ipv4(address++, 0x0a00_0001, 40_000, 4_000);
    }

    private int transmit(int count) {
        allocate(count);
        return nullTx.send(array);
    }

    private int loop(int count) {
        allocate(count);
        ringTx.send(array);
        int received = ringRx.receive(array);
        cache.free(array);
        return received;
    }

    private void allocate(int count) {
        if (!cache.allocate(array, count)) {
            throw new IllegalStateException("pool is empty");
        }
        for (int i = 0; i < count; i++) {
            Mbuf.length(array.get(i), 60);
        }
    }

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        new Runner(new CommandLineOptions(args)).run();
    }
}
