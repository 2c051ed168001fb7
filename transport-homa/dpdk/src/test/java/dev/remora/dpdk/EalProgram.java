package dev.remora.dpdk;

import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.device.MemifDevice;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.PcapDevice;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.dpdk.device.RingDevice;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.ffi.ProcessStatus;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A process that starts DPDK with two devices and goes through all an Eal can do, printing a line per check. Uses the JDK
 * only, so that it runs from any class path.
 */
public final class EalProgram {
    static final String PASSED = "passed: ";
    static final String FAILED = "failed: ";

    static final String CPUS = "the caller's CPUs and those of its threads stay as they are";
    static final String VERSION = "it tells its version, and whether in hugepages";
    static final String DEVICES = "devices named at the start are open";
    static final String ATTACH = "devices are attached and found by name";
    static final String AGAIN = "a device whose port was closed or taken out can be attached again";
    static final String LCORES = "each registered thread has a number of its own";
    static final String LCORE_RULES = "a registration belongs to its thread";
    static final String LCORE_LIMIT = "more threads than DPDK knows are refused, and it recovers";
    static final String MISSING = "a device the machine lacks something for is refused with a remedy";
    static final String REFUSED = "a device that DPDK refuses is reported in its own words";
    static final String PEER = "a peer that is not there yet can be tried again";
    static final String LEFT = "the socket of a process that was killed is replaced, a live one not";
    static final String RIGHTS = "missing rights are named";
    static final String LOG = "the log is kept and handed on";
    static final String FOLDER = "no folder is left behind";
    static final String BUSY = "closing is refused while something is in use";
    static final String CLOSED = "after it was closed everything says so";
    static final String SECOND = "a second start is refused and names the first";

    static final List<String> ALL = List.of(
            CPUS,
            VERSION,
            DEVICES,
            ATTACH,
            AGAIN,
            LCORES,
            LCORE_RULES,
            LCORE_LIMIT,
            MISSING,
            REFUSED,
            PEER,
            LEFT,
            RIGHTS,
            LOG,
            FOLDER,
            BUSY,
            CLOSED,
            SECOND);

    private static final int LCORES_LEFT = 127;

    private interface Check {
        void run() throws Exception;
    }

    private final Path folder;
    private final List<String> logged = new ArrayList<>();
    private boolean failed;

    private EalProgram(Path folder) {
        this.folder = folder;
    }

    /** Takes a folder for sockets. */
    public static void main(String[] args) throws Exception {
        EalProgram program = new EalProgram(Path.of(args[0]));
        program.all();
        System.exit(program.failed ? 1 : 0);
    }

    private void all() throws Exception {
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                // A slow one: a failure's message must wait for all DPDK said.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                synchronized (logged) {
                    logged.add(record.getLevel() + " " + record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.remora.dpdk");
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        String before = cpus();
        Hugepages pages = Hugepages.count();
        EalConfig config = EalConfig.builder()
                .memoryMb(64)
                .cpus(String.valueOf(CpuList.allowed().nextSetBit(0)))
                .logLevel(LogLevel.INFO)
                .device(NullDevice.sink())
                .device(RingDevice.loop())
                .build();
        Eal eal = Eal.start(config);
        check(CPUS, () -> cpusStay(before));
        check(VERSION, () -> version(eal, pages));
        check(DEVICES, () -> devices(eal));
        check(ATTACH, () -> attach(eal));
        check(AGAIN, () -> again(eal));
        check(LCORES, () -> lcores(eal));
        check(LCORE_RULES, () -> lcoreRules(eal));
        check(LCORE_LIMIT, () -> lcoreLimit(eal));
        check(MISSING, () -> missing(eal));
        check(REFUSED, () -> refused(eal));
        check(PEER, () -> peer(eal));
        check(LEFT, () -> left(eal));
        check(RIGHTS, () -> rights(eal));
        check(LOG, () -> log(eal));
        check(FOLDER, () -> runtimeFolder(config));
        check(BUSY, () -> busy(eal));
        eal.close();
        check(CLOSED, () -> closed(eal));
        check(SECOND, () -> second(config));
    }

    private void cpusStay(String before) throws Exception {
        same(before, cpus());
        String[] inherited = new String[1];
        Thread thread = Thread.ofPlatform().start(() -> inherited[0] = cpus());
        thread.join();
        same(before, String.valueOf(inherited[0]));
    }

    private static void version(Eal eal, Hugepages pages) {
        holds(eal.dpdk().versionText().startsWith("DPDK 2"), eal.dpdk().versionText());
        same(pages.suffice(64), eal.hugepages());
    }

    private static void devices(Eal eal) {
        same(
                List.of("net_null0", "net_ring0"),
                eal.ports().stream().map(Port::name).toList());
        holds(eal.port("net_null0").id() != eal.port("net_ring0").id(), "ids differ");
    }

    private static void attach(Eal eal) {
        Port port = eal.attach(NullDevice.source(64).withName("net_null1"));
        same("net_null1", port.name());
        holds(eal.port("net_null1") == port, "found by name");
        holds(eal.ports().getLast() == port, "the last one");
        throwsA(
                DpdkException.class,
                () -> eal.attach(NullDevice.sink().withName("net_null1")),
                "net_null1",
                "withName(\"net_null2\")");
        throwsA(IllegalArgumentException.class, () -> eal.port("net_null9"), "net_null9", "net_null1");
    }

    private static void again(Eal eal) {
        NullDevice device = NullDevice.sink().withName("net_null3");
        for (int i = 0; i < 3; i++) {
            Port port = eal.attach(device);
            holds(eal.ports().contains(port), "listed");
            if (i == 1) {
                eal.detach(port);
                throwsA(IllegalArgumentException.class, () -> eal.detach(port), "net_null3");
            } else {
                port.close();
            }
            holds(!eal.ports().contains(port), "no longer listed");
        }
    }

    private static void lcores(Eal eal) throws Exception {
        int count = 5;
        Set<Integer> ids = ConcurrentHashMap.newKeySet();
        CyclicBarrier together = new CyclicBarrier(count);
        List<Throwable> thrown = onThreads(count, () -> {
            same(null, Lcore.current());
            try (Lcore lcore = eal.registerThread()) {
                holds(Lcore.current() == lcore, "current");
                holds(lcore.thread() == Thread.currentThread(), "thread");
                holds(lcore.id() > 0 && lcore.id() < 128, lcore.toString());
                ids.add(lcore.id());
                together.await(20, TimeUnit.SECONDS);
            }
            same(null, Lcore.current());
        });
        same(List.of(), thrown);
        same(count, ids.size());
        // Numbers come back.
        try (Lcore lcore = eal.registerThread()) {
            holds(ids.contains(lcore.id()), lcore + " of " + ids);
        }
    }

    private static void lcoreRules(Eal eal) throws Exception {
        try (Lcore lcore = eal.registerThread()) {
            throwsA(IllegalStateException.class, eal::registerThread, "registered already");
            same(
                    List.of(),
                    onThreads(1, () -> throwsA(IllegalStateException.class, lcore::close, "only be closed by it")));
            holds(Lcore.current() == lcore, "still");
            lcore.close();
            lcore.close();
            same(null, Lcore.current());
        }
        List<Throwable> thrown = new ArrayList<>();
        Thread virtual = Thread.ofVirtual().start(() -> {
            try {
                throwsA(DpdkException.class, eal::registerThread, "virtual thread", "platform thread");
            } catch (Throwable e) {
                thrown.add(e);
            }
        });
        virtual.join();
        same(List.of(), thrown);
    }

    private static void lcoreLimit(Eal eal) throws Exception {
        AtomicInteger refused = new AtomicInteger();
        int more = 3;
        CyclicBarrier together = new CyclicBarrier(LCORES_LEFT + more);
        List<Throwable> thrown = onThreads(LCORES_LEFT + more, () -> {
            try (Lcore lcore = eal.registerThread()) {
                holds(lcore.id() < 128, "below");
                together.await(20, TimeUnit.SECONDS);
            } catch (DpdkException e) {
                holds(e.remedy().contains("128"), e.remedy());
                refused.incrementAndGet();
                together.await(20, TimeUnit.SECONDS);
            }
        });
        same(List.of(), thrown);
        same(more, refused.get());
        eal.registerThread().close();
    }

    private void missing(Eal eal) {
        int ports = eal.ports().size();
        DpdkException noInterface =
                throwsA(DpdkException.class, () -> eal.attach(AfPacketDevice.on("nosuch0")), "nosuch0 does not exist");
        holds(!noInterface.remedy().isEmpty(), "remedy");
        holds(!(noInterface instanceof DeviceNotReadyException), "trying again does not help");
        DpdkException noFolder = throwsA(
                DpdkException.class, () -> eal.attach(MemifDevice.server(folder.resolve("none/s"))), "does not exist");
        holds(noFolder.remedy().contains("mkdir -p "), noFolder.remedy());
        throwsA(
                DpdkException.class,
                () -> eal.attach(PciDevice.at("0000:00:01.0")),
                "was not named when DPDK was started",
                "pciAddress(\"0000:00:01.0\")");
        same(ports, eal.ports().size());
    }

    private void refused(Eal eal) throws IOException {
        Path noCapture = Files.writeString(folder.resolve("in"), "this is no capture file at all");
        PcapDevice device = PcapDevice.of(noCapture, folder.resolve("out"));
        DpdkException refusal =
                throwsA(DpdkException.class, () -> eal.attach(device), "net_pcap0", "DPDK says: ", " | ");
        holds(!refusal.remedy().isEmpty(), "remedy");
        holds(refusal.problem().contains(noCapture.toString()), refusal.problem());
    }

    private void peer(Eal eal) {
        Path socket = folder.resolve("link");
        VirtioUserDevice device = VirtioUserDevice.at(socket);
        for (int i = 0; i < 2; i++) {
            throwsA(DeviceNotReadyException.class, () -> eal.attach(device), "no socket " + socket, "vhost side");
        }
        MbufPool pool = eal.createPool(PoolConfig.of("link", 2_047));
        Port vhost = eal.attach(VhostDevice.at(socket));
        throwsA(
                DpdkException.class,
                () -> eal.attach(VhostDevice.at(socket).withName("net_vhost1")),
                "since net_vhost0 has it");
        vhost.configure(PortConfig.builder().queues(1).build(), pool);
        vhost.start();
        Port virtio = eal.attach(device);
        same("net_virtio_user0", virtio.name());
        eal.detach(virtio);
        eal.detach(vhost);
        holds(!Files.exists(socket), "the socket goes with the port");
        pool.close();
    }

    private void left(Eal eal) throws IOException {
        Path socket = folder.resolve("left");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            throwsA(DpdkException.class, () -> eal.attach(VhostDevice.at(socket)), "in use", "another path");
        }
        throwsA(
                DeviceNotReadyException.class,
                () -> eal.attach(VirtioUserDevice.at(socket)),
                "Connection refused",
                "vhost side");
        MbufPool pool = eal.createPool(PoolConfig.of("left", 2_047));
        Port vhost = eal.attach(VhostDevice.at(socket));
        vhost.configure(PortConfig.builder().queues(1).build(), pool);
        vhost.start();
        holds(Files.exists(socket), "listens");
        vhost.close();
        pool.close();
    }

    private static void rights(Eal eal) {
        int netRaw = 13;
        if (ProcessStatus.hasCapability(netRaw)) {
            return;
        }
        DpdkException refusal =
                throwsA(DpdkException.class, () -> eal.attach(AfPacketDevice.on("lo")), "needs CAP_NET_RAW");
        holds(refusal.remedy().contains("root"), refusal.remedy());
    }

    private void log(Eal eal) {
        List<String> recent = eal.recentLog();
        holds(!recent.isEmpty() && recent.size() <= 100, "1 to 100 lines, not " + recent.size());
        holds(recent.stream().anyMatch(line -> line.contains("EAL: ")), recent.toString());
        holds(recent.stream().noneMatch(line -> line.contains("mark") || line.isBlank()), recent.toString());
        synchronized (logged) {
            for (String line : recent) {
                holds(
                        logged.contains("INFO " + line) || logged.contains("WARNING " + line),
                        line + " not in " + logged);
            }
            holds(logged.stream().anyMatch(line -> line.startsWith("WARNING ")), logged.toString());
            holds(logged.stream().anyMatch(line -> line.startsWith("INFO ")), logged.toString());
        }
    }

    private static void runtimeFolder(EalConfig config) {
        for (String place : List.of("/var/run/dpdk", "/tmp/dpdk")) {
            holds(!Files.exists(Path.of(place, config.filePrefix())), place);
        }
    }

    private static void busy(Eal eal) throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread user = Thread.ofPlatform().name("busy-one").start(() -> {
            try (Lcore lcore = eal.registerThread()) {
                registered.countDown();
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        registered.await();
        throwsA(DpdkException.class, eal::close, "busy-one", "close the Lcore");
        end.countDown();
        user.join();
        MbufPool pool = eal.createPool(PoolConfig.of("busy", 255));
        MbufCache cache = pool.cache();
        long mbuf = cache.allocate();
        throwsA(DpdkException.class, eal::close, "1 of 255 mbufs of pool busy");
        // DPDK goes on.
        MbufPool another = eal.createPool(PoolConfig.of("another", 255));
        cache.free(mbuf);
        another.close();
        // A registration of the closing thread, pools and ports are closed with it.
        eal.registerThread();
        eal.createPool(PoolConfig.of("left-open", 255));
    }

    private static void closed(Eal eal) {
        eal.close();
        same(null, Lcore.current());
        throwsA(IllegalStateException.class, eal::ports, "closed");
        throwsA(IllegalStateException.class, () -> eal.attach(NullDevice.sink()), "closed");
        throwsA(IllegalStateException.class, () -> eal.createPool(PoolConfig.of("p", 255)), "closed");
        throwsA(IllegalStateException.class, eal::registerThread, "closed");
        holds(!eal.recentLog().isEmpty(), "the log can still be read");
    }

    private static void second(EalConfig config) {
        DpdkException again = throwsA(
                DpdkException.class, () -> Eal.start(config), "once in a process", "by thread main", "first Eal");
        Throwable first = again.getCause();
        boolean named = false;
        for (StackTraceElement frame : first == null ? new StackTraceElement[0] : first.getStackTrace()) {
            named |= frame.getClassName().equals(EalProgram.class.getName())
                    && frame.getMethodName().equals("all");
        }
        holds(named, "the cause shows who started it");
    }

    private void check(String name, Check check) {
        try {
            check.run();
            System.out.println(PASSED + name);
        } catch (Throwable e) {
            failed = true;
            System.out.println(FAILED + name);
            e.printStackTrace();
        }
    }

    private static String cpus() {
        try (var lines = Files.lines(Path.of("/proc/thread-self/status"))) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Throwable> onThreads(int count, Check check) throws InterruptedException {
        Set<Throwable> thrown = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    check.run();
                } catch (Throwable e) {
                    thrown.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(thrown);
    }

    private static void same(@Nullable Object expected, @Nullable Object is) {
        holds(expected == null ? is == null : expected.equals(is), "expected " + expected + ", is " + is);
    }

    private static void holds(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private static <T extends Throwable> T throwsA(Class<T> kind, Check check, String... told) {
        try {
            check.run();
        } catch (Throwable e) {
            if (!kind.isInstance(e)) {
                throw new AssertionError("another exception", e);
            }
            for (String part : told) {
                if (!String.valueOf(e.getMessage()).contains(part)) {
                    throw new AssertionError("no \"" + part + "\" in the message", e);
                }
            }
            return kind.cast(e);
        }
        throw new AssertionError("no " + kind.getSimpleName());
    }
}
