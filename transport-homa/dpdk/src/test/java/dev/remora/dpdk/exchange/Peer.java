package dev.remora.dpdk.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.dpdk.DeviceNotReadyException;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import dev.remora.dpdk.port.RxOffload;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxOffload;
import dev.remora.dpdk.port.TxQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of the two processes. Its first argument is how DPDK starts ({@code eal memory=128 hugepages=NONE}), the others are
 * commands; more come from standard input. Each command is answered by one line when it is done, or by one that begins with
 * {@code failed}. One process runs many exchanges because starting DPDK is what takes time.
 */
public final class Peer {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final Eal eal;
    private final Map<String, MbufPool> pools = new HashMap<>();
    private int poolNumber;
    private @Nullable Echo echo;

    private Peer(Eal eal) {
        this.eal = eal;
    }

    public static void main(String[] args) throws IOException {
        Words start = Words.of(args[0]);
        EalConfig config = EalConfig.builder()
                .memoryMb(start.number("memory", 128))
                .hugepages(HugepagePolicy.valueOf(start.text("hugepages", "NONE")))
                .build();
        try (Eal eal = Eal.start(config)) {
            Peer peer = new Peer(eal);
            System.out.println("ready hugepages=" + eal.hugepages() + " pid="
                    + ProcessHandle.current().pid());
            boolean more = true;
            for (String command : Arrays.asList(args).subList(1, args.length)) {
                more &= peer.answer(command);
            }
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            while (more) {
                String command = in.readLine();
                more = command != null && peer.answer(command);
            }
        }
        System.out.println("bye");
    }

    /** Runs a command; false after the last. */
    private boolean answer(String line) {
        try {
            Words words = Words.of(line);
            if (words.verb().equals("quit")) {
                return false;
            }
            System.out.println(run(words));
        } catch (Throwable e) {
            System.out.println("failed " + (line.length() > 200 ? line.substring(0, 200) + "..." : line) + ": "
                    + e.toString().replace('\n', ' '));
            e.printStackTrace(System.err);
        }
        return true;
    }

    private Words run(Words words) throws Exception {
        return switch (words.verb()) {
            case "open" -> open(words);
            case "close" -> close(words);
            case "exchange" -> onThread(words, (port, cache) -> new Exchange(port, cache, words).run());
            case "echo" -> {
                echo = new Echo(eal, port(words), pool(words));
                yield Words.of("echoing");
            }
            case "stop" -> {
                Echo running = echo;
                if (running == null) {
                    throw new IllegalStateException("nothing to stop");
                }
                echo = null;
                yield running.stop();
            }
            case "kernel" ->
                onThread(words, (port, cache) -> new KernelTalk(port, cache, words).run(words.number("pings")));
            case "emit" -> onThread(words, (port, cache) -> emit(words, port, cache));
            case "sniff" -> onThread(words, (port, cache) -> sniff(words, port, cache));
            case "copy" -> onThread(words, (port, cache) -> copy(words, port, cache));
            case "misuse" -> new Misuse(eal, port(words), pool(words)).run();
            case "statistics" -> statistics(words);
            case "reset" -> reset();
            default -> throw new IllegalArgumentException("no such command: " + words);
        };
    }

    private interface Work {
        Words on(Port port, MbufCache cache);
    }

    /** As an engine does it: in a thread that DPDK knows, or (registered=false) in one it does not know. */
    private Words onThread(Words words, Work work) throws InterruptedException {
        Port port = port(words);
        MbufPool pool = pool(words);
        Words[] result = new Words[1];
        Throwable[] failure = new Throwable[1];
        boolean registered = words.flag("registered", true);
        Thread thread = Thread.ofPlatform().name("engine").start(() -> {
            Lcore lcore = null;
            try {
                lcore = registered ? eal.registerThread() : null;
                result[0] = work.on(port, pool.cache());
            } catch (Throwable e) {
                failure[0] = e;
            } finally {
                if (lcore != null) {
                    lcore.close();
                }
            }
        });
        thread.join();
        if (failure[0] != null) {
            throw new IllegalStateException(failure[0].toString(), failure[0]);
        }
        return result[0];
    }

    private Port port(Words words) {
        return eal.port(words.text("port"));
    }

    private MbufPool pool(Words words) {
        MbufPool pool = pools.get(words.text("port"));
        if (pool == null) {
            throw new IllegalArgumentException("no pool of " + words);
        }
        return pool;
    }

    private Words open(Words words) {
        DeviceConfig device = Devices.of(words);
        int queues = words.number("queues", 1);
        Port port = attach(device);
        PoolConfig poolConfig = PoolConfig.of("pool" + poolNumber++, words.number("pool", 4_095 * queues));
        MbufPool pool = eal.createPool(poolConfig);
        pools.put(device.name(), pool);
        PortConfig.Builder config = PortConfig.builder().queues(queues);
        config.wantTx(TxOffload.MULTI_SEGS);
        if (words.has("mtu")) {
            config.mtu(words.number("mtu"));
        }
        if (words.has("descriptors")) {
            config.rxDescriptors(words.number("descriptors")).txDescriptors(words.number("descriptors"));
        }
        names(words, "rx").map(RxOffload::valueOf).forEach(config::wantRx);
        names(words, "tx").map(TxOffload::valueOf).forEach(config::wantTx);
        port.configure(config.build(), pool);
        start(port, words.flag("up", false), words.flag("retry", false));
        String driver = port.capabilities().driver();
        return Words.of("opened port=" + port.name() + " driver=" + driver + " mtu=" + port.mtu() + " up="
                + port.link().up() + " rx=" + list(port.rxOffloads()) + " tx=" + list(port.txOffloads()));
    }

    private static String list(Iterable<?> set) {
        StringBuilder text = new StringBuilder();
        set.forEach(each -> text.append(text.isEmpty() ? "" : ",").append(each));
        return text.toString();
    }

    private static Stream<String> names(Words words, String key) {
        return words.has(key) ? Arrays.stream(words.text(key).split(",")) : Stream.empty();
    }

    private Port attach(DeviceConfig device) {
        long deadline = System.nanoTime() + LIMIT_NS;
        while (true) {
            try {
                return eal.attach(device);
            } catch (DeviceNotReadyException e) {
                pause(deadline, "the other end of " + device + " is not there");
            }
        }
    }

    /**
     * Starts a port and waits for its link if asked. A memif client cannot start before its server, and does not try again
     * by itself when it came too early.
     */
    private static void start(Port port, boolean up, boolean retry) {
        long deadline = System.nanoTime() + LIMIT_NS;
        boolean told = false;
        while (true) {
            try {
                port.start();
                long patience = Math.min(deadline, System.nanoTime() + LIMIT_NS / 20);
                while (up && !port.link().up()) {
                    pause(retry ? patience : deadline, "link of " + port + " is down");
                }
                return;
            } catch (DpdkException | IllegalStateException e) {
                if (!retry) {
                    throw e;
                }
                if (!told) {
                    told = true;
                    System.out.println("waiting " + e);
                }
                port.stop();
                pause(deadline, e.toString());
            }
        }
    }

    private static void pause(long deadline, String what) {
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException(what);
        }
        LockSupport.parkNanos(5_000_000);
    }

    private Words close(Words words) {
        Port port = port(words);
        MbufPool pool = pool(words);
        pools.remove(port.name());
        eal.detach(port);
        int inUse = pool.inUse();
        if (inUse == 0) {
            pool.close();
        }
        return Words.of("closed inUse=" + inUse + " size=" + pool.size());
    }

    /** Closes what a failed test left open. */
    private Words reset() {
        int closed = 0;
        for (Port port : eal.ports()) {
            eal.detach(port);
            closed++;
        }
        pools.clear();
        return Words.of("fresh closed=" + closed);
    }

    private Words statistics(Words words) {
        var statistics = port(words).statistics();
        return Words.of("statistics rxPackets=" + statistics.rxPackets() + " txPackets=" + statistics.txPackets()
                + " txErrors=" + statistics.txErrors() + " inUse=" + pool(words).inUse());
    }

    /** Sends one frame given in hex, spread over so many segments, with a TSO request if an MSS is given. */
    private static Words emit(Words words, Port port, MbufCache cache) {
        byte[] frame = HexFormat.of().parseHex(words.text("hex"));
        MbufArray out = new MbufArray(1);
        long mbuf = Frames.spread(
                cache, new MbufArray(64), frame, frame.length, words.number("segments", 1), words.flag("even", false));
        if (mbuf == 0) {
            throw new IllegalStateException("no mbufs");
        }
        out.add(mbuf);
        if (words.has("mss")) {
            Mbuf.requestTso(mbuf, Frames.L2, Frames.L3, words.number("l4"), words.number("mss"), true);
            if (words.flag("ipv4Checksum", true)) {
                Mbuf.requestIpv4Checksum(mbuf, Frames.L2, Frames.L3);
            }
        }
        TxQueue tx = port.txQueue(0);
        long deadline = System.nanoTime() + LIMIT_NS;
        try {
            while (out.size() > 0) {
                tx.send(out);
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the device does not take the frame");
                }
            }
            return Words.of("emission sent=true");
        } catch (DpdkException e) {
            boolean held = out.size() == 1 && out.get(0) == mbuf && Mbuf.isHeld(mbuf);
            boolean intact = Frames.gather(mbuf, new byte[Frames.MOST]) == frame.length;
            System.out.println("refusal " + e.getMessage());
            return Words.of(
                    "emission sent=false by=" + e.getClass().getSimpleName() + " held=" + held + " intact=" + intact);
        } finally {
            cache.free(out);
            tx.release();
        }
    }

    /** Receives so many frames, and shows them unless quiet; after a time without any it ends. */
    private static Words sniff(Words words, Port port, MbufCache cache) {
        RxQueue rx = port.rxQueue(0);
        MbufArray in = new MbufArray(32);
        byte[] frame = new byte[Frames.MOST];
        int count = words.number("count");
        int received = 0;
        long bytes = 0;
        long quietNs = TimeUnit.MILLISECONDS.toNanos(words.number("millis", 3_000));
        long last = System.nanoTime();
        while (received < count && System.nanoTime() - last < quietNs) {
            int n = rx.receive(in);
            for (int i = 0; i < n; i++) {
                int length = Frames.gather(in.get(i), frame);
                if (!words.flag("quiet", false)) {
                    System.out.println("frame hex=" + HexFormat.of().formatHex(frame, 0, length));
                }
                received++;
                bytes += length;
                last = System.nanoTime();
            }
            cache.free(in);
        }
        rx.release();
        return Words.of("sniffed count=" + received + " bytes=" + bytes);
    }

    /** Sends what is received into the same port, until so many were. */
    private static Words copy(Words words, Port port, MbufCache cache) {
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        MbufArray burst = new MbufArray(32);
        int count = words.number("count");
        int copied = 0;
        long deadline = System.nanoTime() + LIMIT_NS;
        while (copied < count && System.nanoTime() < deadline) {
            rx.receive(burst);
            while (burst.size() > 0 && System.nanoTime() < deadline) {
                copied += tx.send(burst);
            }
        }
        int more = rx.receive(burst);
        cache.free(burst);
        rx.release();
        tx.release();
        return Words.of("copied count=" + copied + " more=" + more);
    }
}
