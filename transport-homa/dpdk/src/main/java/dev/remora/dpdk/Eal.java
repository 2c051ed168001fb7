package dev.remora.dpdk;

import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Libraries;
import dev.remora.dpdk.ffi.Natives;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DPDK's environment in this process: memory, devices, registered threads. DPDK can be started once in the life of a
 * process. All methods may be called by any thread; none is for the data path.
 */
public final class Eal implements AutoCloseable {
    private static final Object LOCK = new Object();

    /** Where it was started first: for the message when it is started again. */
    private static @Nullable Throwable started;

    private final Dpdk dpdk;
    private final EalLog log;
    private final boolean hugepages;
    private final EalConfig config;
    private final Map<String, Port> ports = new LinkedHashMap<>();
    private final List<MbufPool> pools = new ArrayList<>();
    private boolean closed;

    private Eal(Dpdk dpdk, EalLog log, EalConfig config, boolean hugepages) {
        this.dpdk = dpdk;
        this.log = log;
        this.config = config;
        this.hugepages = hugepages;
    }

    /**
     * Loads DPDK and starts it; takes a quarter of a second to two, depending on how many drivers are installed. The calling
     * thread's CPU affinity stays what it is.
     *
     * @throws DpdkException if it is not installed, was started before in this process, or refuses
     */
    public static Eal start(EalConfig config) {
        synchronized (LOCK) {
            Throwable first = started;
            if (first != null) {
                DpdkException again = new DpdkException(
                        "DPDK was started before in this process, and it can be started once only",
                        "share the first Eal; the cause shows where that was");
                again.initCause(first);
                throw again;
            }
            Dpdk dpdk = Dpdk.load();
            boolean hugepages = decide(config);
            for (DeviceConfig device : config.devices()) {
                List<String> obstacles = device.obstacles();
                if (!obstacles.isEmpty()) {
                    throw refused("cannot open " + device.name(), device, obstacles);
                }
            }
            EalLog log = EalLog.open();
            EalConfig complete = config.driverFolder() == null ? withDrivers(config) : config;
            List<String> arguments = complete.arguments(hugepages, allowedCpus());
            started = new Throwable("started here");
            int result = onThrowAwayThread(arguments);
            if (result < 0) {
                throw failed(-result, arguments, log);
            }
            Eal eal = new Eal(dpdk, log, complete, hugepages);
            for (DeviceConfig device : config.devices()) {
                eal.adopt(device);
            }
            return eal;
        }
    }

    private static boolean decide(EalConfig config) {
        long freeMb = config.hugepages() == HugepagePolicy.NONE ? 0 : Hugepages.freeMb();
        boolean enough = freeMb >= config.memoryMb();
        if (config.hugepages() == HugepagePolicy.REQUIRED && !enough) {
            throw new DpdkException(
                    "hugepages are required, " + config.memoryMb() + " MiB, and " + freeMb + " MiB are free",
                    "reserve them: sudo sysctl vm.nr_hugepages=" + (config.memoryMb() / 2 + 8)
                            + "; or go on without: HugepagePolicy.NONE (virtual devices work, some cards do not)");
        }
        return enough;
    }

    /** If the user named the folder of the libraries, the drivers are beside them, where EAL does not look. */
    private static EalConfig withDrivers(EalConfig config) {
        String chosen = Libraries.chosenFolder();
        if (chosen == null) {
            return config;
        }
        Path folder = Path.of(chosen);
        for (Path place : List.of(folder.resolve("dpdk"), folder)) {
            try (DirectoryStream<Path> drivers = Files.newDirectoryStream(place, "pmds-*")) {
                for (Path found : drivers) {
                    folder = found;
                }
            } catch (IOException e) {
                // not there: the drivers are in the folder itself
            }
        }
        return new EalConfig(
                config.memoryMb(),
                config.hugepages(),
                config.filePrefix(),
                config.devices(),
                config.pciAddresses(),
                folder,
                config.cpus(),
                config.logLevel(),
                config.extraArguments());
    }

    private static String allowedCpus() {
        try (var lines = Files.lines(Path.of("/proc/thread-self/status"))) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("0");
        } catch (IOException e) {
            return "0";
        }
    }

    /** EAL pins the thread that initialises it, and the mask would be inherited by the threads it starts. */
    private static int onThrowAwayThread(List<String> arguments) {
        int[] result = {-Errno.EIO};
        Throwable[] thrown = new Throwable[1];
        Thread thread = Thread.ofPlatform().name("dpdk-init").start(() -> {
            try {
                int code = EalCalls.init(arguments);
                result[0] = code < 0 ? -Errno.last() : code;
            } catch (RuntimeException | Error e) {
                thrown[0] = e;
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable failure = thrown[0];
        if (failure != null) {
            throw Natives.unexpected(failure);
        }
        return result[0];
    }

    private static DpdkException failed(int errno, List<String> arguments, EalLog log) {
        String said = String.join(" | ", log.recent());
        String lower = said.toLowerCase(Locale.ROOT);
        String remedy;
        if (lower.contains("hugepage")) {
            remedy = "reserve more hugepages (sudo sysctl vm.nr_hugepages=256) or go on without: HugepagePolicy.NONE";
        } else if (errno == Errno.EACCES || errno == Errno.EPERM || lower.contains("permission denied")) {
            remedy = "run as root, or give the process the right it lacks: ./remora doctor says which";
        } else if (lower.contains("memory")) {
            remedy = "ask for less: EalConfig.memoryMb";
        } else {
            remedy = "DPDK's own words are above; logLevel(LogLevel.DEBUG) has more";
        }
        return new DpdkException(
                "DPDK does not start: " + Errno.text(errno) + (said.isEmpty() ? "" : "; it says: " + said)
                        + "; its arguments: " + String.join(" ", arguments),
                remedy);
    }

    /** The loaded libraries. */
    public Dpdk dpdk() {
        return dpdk;
    }

    /** Whether memory is in hugepages. */
    public boolean hugepages() {
        return hugepages;
    }

    /** The last lines DPDK logged, oldest first; at most 100. */
    public List<String> recentLog() {
        return log.recent();
    }

    /**
     * Opens a device. The port is to be configured and started before packets flow.
     *
     * @throws DeviceNotReadyException if its other end is not there yet
     * @throws DpdkException if it cannot be opened
     */
    public Port attach(DeviceConfig device) {
        synchronized (LOCK) {
            checkOpen();
            if (ports.containsKey(device.name())) {
                throw new DpdkException(
                        "there is a device " + device.name() + " in this process already",
                        "give this one another name: withName(\"" + device.driver() + ports.size() + "\")");
            }
            if (device instanceof PciDevice card && !known(card)) {
                throw new DpdkException(
                        "the card " + card.address() + " was not named when DPDK was started",
                        "name it: EalConfig.builder().pciAddress(\"" + card.address() + "\")");
            }
            List<String> obstacles = device.obstacles();
            if (!obstacles.isEmpty()) {
                throw refused("cannot open " + device.name(), device, obstacles);
            }
            List<String> before = log.recent();
            int result = EalCalls.attach(device.bus(), device.name(), device.arguments());
            if (result != 0) {
                throw notAttached(device, result, before);
            }
            return adopt(device);
        }
    }

    private boolean known(PciDevice card) {
        return config.pciAddresses().contains(card.address())
                || config.devices().stream().anyMatch(device -> device.name().equals(card.address()));
    }

    private DpdkException notAttached(DeviceConfig device, int result, List<String> before) {
        List<String> lines = new ArrayList<>(log.recent());
        lines.removeAll(before);
        String said = String.join(" | ", lines);
        String lower = said.toLowerCase(Locale.ROOT);
        String problem = "cannot open " + device.name() + " (" + device.arguments() + "): " + Errno.text(result)
                + (said.isEmpty() ? "" : "; DPDK says: " + said);
        if (device instanceof VirtioUserDevice) {
            return new DeviceNotReadyException(problem, "the vhost end must be open before; try again when it is");
        }
        String remedy;
        if (result == -Errno.EBUSY || lower.contains("busy")) {
            remedy = "another process or driver holds it";
        } else if (result == -Errno.EPERM || result == -Errno.EACCES || lower.contains("not permitted")) {
            remedy = "run as root, or give the process CAP_NET_RAW (and CAP_NET_ADMIN for tap and af_xdp)";
        } else if (result == -Errno.EEXIST) {
            remedy = "a device of that name exists in this process: choose another one";
        } else {
            remedy = "./remora doctor says what this machine can open";
        }
        return new DpdkException(problem, remedy);
    }

    private static DpdkException refused(String problem, DeviceConfig device, List<String> obstacles) {
        String all = problem + ": " + String.join("; ", obstacles);
        return device instanceof VirtioUserDevice virtio && !virtio.peerIsThere() && obstacles.size() == 1
                ? new DeviceNotReadyException(all, "")
                : new DpdkException(all, "");
    }

    private Port adopt(DeviceConfig device) {
        int id = EalCalls.port(device.name());
        if (id < 0) {
            throw new DpdkException(
                    "DPDK opened " + device.name() + " but no port came of it: " + Errno.text(id),
                    "is its driver installed? ./remora doctor");
        }
        Port port = Port.open(id, device);
        ports.put(device.name(), port);
        return port;
    }

    /**
     * Closes a port and takes its device out, so that one of the same name can be attached again.
     *
     * @throws IllegalStateException if another live thread still owns one of its queues
     */
    public void detach(Port port) {
        synchronized (LOCK) {
            checkOpen();
            if (ports.get(port.name()) != port) {
                throw new IllegalArgumentException("port " + port.name() + " is not one of this Eal's");
            }
            port.close();
            ports.remove(port.name());
            int result = EalCalls.detach(port.device().bus(), port.device().name());
            if (result != 0 && result != -Errno.ENODEV && result != -Errno.ENOENT) {
                throw new DpdkException("cannot take out " + port.name() + ": " + Errno.text(result), "");
            }
        }
    }

    /** The ports that are attached, in the order in which they were. */
    public List<Port> ports() {
        synchronized (LOCK) {
            return List.copyOf(ports.values());
        }
    }

    /**
     * A port by the name of its device.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Port port(String deviceName) {
        synchronized (LOCK) {
            Port port = ports.get(deviceName);
            if (port == null) {
                throw new IllegalArgumentException("no port " + deviceName + "; there are " + ports.keySet());
            }
            return port;
        }
    }

    /**
     * Makes a pool of mbufs.
     *
     * @throws DpdkException if there is not enough memory
     */
    public MbufPool createPool(PoolConfig pool) {
        synchronized (LOCK) {
            checkOpen();
            MbufPool made = MbufPool.create(pool);
            pools.add(made);
            return made;
        }
    }

    /** Makes the calling thread known to DPDK; see {@link Lcore} for what that gives. */
    public Lcore registerThread() {
        synchronized (LOCK) {
            checkOpen();
        }
        return Lcore.register();
    }

    /**
     * Closes ports and pools and gives DPDK's memory back. It cannot be started again in this process. Idempotent.
     *
     * @throws IllegalStateException if another live thread still owns a queue, or mbufs are still out; everything else is
     *     closed then
     */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (closed) {
                return;
            }
            RuntimeException problem = null;
            for (Port port : ports.values()) {
                problem = attempt(port, problem);
            }
            if (problem == null) {
                for (MbufPool pool : pools) {
                    problem = attempt(pool, problem);
                }
            }
            if (problem != null) {
                throw problem;
            }
            closed = true;
            EalCalls.cleanup();
        }
    }

    private static @Nullable RuntimeException attempt(AutoCloseable part, @Nullable RuntimeException before) {
        try {
            part.close();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the Eal is closed");
        }
    }
}
