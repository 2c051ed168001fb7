package dev.remora.dpdk;

import dev.remora.dpdk.device.AfXdpDevice;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.Obstacle;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.ffi.DriverFolders;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Natives;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DPDK's environment in this process: memory, devices, registered threads. DPDK can be started once in the life of a
 * process. All methods may be called by any thread; none is for the data path.
 *
 * <p>To close: release the queues and end the registrations of the threads that used them, then close this, which closes
 * the ports and pools left. Nothing of it may be used afterwards, as its memory is gone.
 */
public final class Eal implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.remora.dpdk");

    /** Classes with handles of DPDK's functions, for which Java needs a tenth of a second. */
    static final List<String> CALLS =
            List.of("dev.remora.dpdk.memory.MempoolCalls", "dev.remora.dpdk.port.EthdevCalls");

    private static final Object LOCK = new Object();

    /** Where it was started first: for the message when it is started again. */
    private static @Nullable Throwable started;

    private final Dpdk dpdk;
    private final EalLog log;
    private final boolean hugepages;
    private final EalConfig config;
    private final Map<String, Port> ports = new LinkedHashMap<>();
    private final List<MbufPool> pools = new ArrayList<>();
    private boolean losesMbufs;
    private boolean closed;

    private Eal(Dpdk dpdk, EalLog log, EalConfig config, boolean hugepages) {
        this.dpdk = dpdk;
        this.log = log;
        this.config = config;
        this.hugepages = hugepages;
    }

    /**
     * Loads DPDK, starts it and opens the devices configured; takes a quarter of a second to two, depending on how many
     * drivers are installed. The calling thread's CPU affinity stays what it is.
     *
     * <p>What can be found missing beforehand (libraries, hugepages, interfaces, rights) is reported before the process's
     * only start is used up, so that one may mend it and try again.
     *
     * @throws DeviceNotReadyException if the other end of a device is not there yet; attach such a device afterwards to be
     *     able to try again
     * @throws DpdkException if it is not installed, was started before in this process, or refuses
     */
    public static Eal start(EalConfig config) {
        synchronized (LOCK) {
            Throwable first = started;
            if (first != null) {
                DpdkException again = new DpdkException(
                        "DPDK can be started once in a process, and was before: " + first.getMessage(),
                        "share the first Eal, or start another process; the cause shows where the first start was");
                again.initCause(first);
                throw again;
            }
            Dpdk dpdk = Dpdk.load();
            EalConfig complete = withDrivers(config);
            boolean hugepages = examine(complete);
            EalLog log = EalLog.open();
            started = new Throwable("by thread " + Thread.currentThread().getName());
            List<String> arguments = complete.arguments(hugepages);
            int result = onThrowAwayThread(arguments);
            removeRuntimeFolder(complete.filePrefix());
            if (result < 0) {
                DpdkException failure = EalFailure.start(-result, arguments, log.recent());
                started = failure;
                throw failure;
            }
            Eal eal = new Eal(dpdk, log, complete, hugepages);
            try {
                for (DeviceConfig device : complete.devices()) {
                    eal.attach(device);
                }
            } catch (RuntimeException e) {
                started = e;
                attempt(eal, e);
                throw e;
            }
            return eal;
        }
    }

    /** If the user named the folder of the libraries, the drivers are beside them, where EAL may not look. */
    private static EalConfig withDrivers(EalConfig config) {
        Path folder = config.driverFolder();
        if (folder == null) {
            Path beside = DriverFolders.ofChosenLibraries();
            return beside == null ? config : config.withDriverFolder(beside);
        }
        if (!Files.exists(folder)) {
            throw new DpdkException("there is no folder of drivers " + folder, "check EalConfig.driverFolder");
        }
        DriverFolders.add(folder);
        return config;
    }

    /** Throws if something is missing that can be seen beforehand; tells whether to use hugepages. */
    private static boolean examine(EalConfig config) {
        if (!config.cpus().isEmpty()) {
            BitSet allowed = CpuList.allowed();
            BitSet wrong = CpuList.parse(config.cpus());
            wrong.andNot(allowed);
            if (!wrong.isEmpty()) {
                throw new DpdkException(
                        "EalConfig.cpus has CPUs that this process may not use: " + CpuList.format(wrong),
                        "choose from " + CpuList.format(allowed));
            }
        }
        config.devices().forEach(Eal::examine);
        Hugepages pages = Hugepages.count();
        boolean enough = pages.suffice(config.memoryMb());
        if (!enough && config.hugepages() == HugepagePolicy.REQUIRED) {
            throw pages.insufficient(config.memoryMb());
        }
        return config.inHugepages(enough);
    }

    private static void examine(DeviceConfig device) {
        List<Obstacle> obstacles = device.missing();
        if (!obstacles.isEmpty()) {
            throw EalFailure.obstacles(device, obstacles);
        }
    }

    /**
     * EAL makes a folder for what processes share even if told that nothing is, and leaves it, so that one would stay for
     * each process that ever ran.
     */
    private static void removeRuntimeFolder(String filePrefix) {
        Path folder = Path.of(EalCalls.runtimeFolder());
        if (!folder.isAbsolute() || !folder.endsWith(filePrefix)) {
            return;
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // Something is in it after all, or it is not ours: it does no harm.
            return;
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
        link();
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

    /** Does what the first pool and port would wait for, while there is nothing else to do. What fails here fails there again. */
    private static void link() {
        for (String each : CALLS) {
            try {
                Class.forName(each);
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.log(Level.DEBUG, each + " cannot be linked", e);
            }
        }
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
     * Opens a device. The port is to be configured and started before packets flow. A device whose port was closed can be
     * attached again.
     *
     * @throws DeviceNotReadyException if its other end is not there yet; nothing is left behind, try again
     * @throws DpdkException if it cannot be opened
     */
    public Port attach(DeviceConfig device) {
        synchronized (LOCK) {
            checkOpen();
            String name = device.name();
            if (openPort(name) != null) {
                throw new DpdkException(
                        "there is a device " + name + " in this process already",
                        "give this one another name: withName(\"" + freeName(device) + "\")");
            }
            if (device instanceof PciDevice card && !known(card)) {
                throw new DpdkException(
                        "the card " + card.address() + " was not named when DPDK was started",
                        "name it: EalConfig.builder().pciAddress(\"" + card.address() + "\")");
            }
            checkSocket(device);
            examine(device);
            device.prepare();
            // Cards got their ports when EAL started.
            int id = device instanceof PciDevice ? EalCalls.port(name) : -1;
            if (id < 0) {
                id = probe(device);
            }
            Port port;
            try {
                port = Port.open(id, device);
            } catch (RuntimeException e) {
                EalCalls.detach(device.bus(), name);
                throw e;
            }
            ports.put(name, port);
            // Its driver keeps the mbufs of its fill ring for ever: pools look in use when all is closed.
            losesMbufs |= device instanceof AfXdpDevice;
            return port;
        }
    }

    /** DPDK would let two devices share a socket, and the second never see a packet. */
    private void checkSocket(DeviceConfig device) {
        if (!(device instanceof VhostDevice vhost)) {
            return;
        }
        for (Port port : openPorts()) {
            if (port.device() instanceof VhostDevice other && other.socket().equals(vhost.socket())) {
                throw new DpdkException(
                        vhost.name() + " cannot have the socket " + vhost.socket() + ", since " + port.name()
                                + " has it",
                        "choose another path, or close that port first");
            }
        }
    }

    private int probe(DeviceConfig device) {
        long position = log.position();
        int result = EalCalls.attach(device.bus(), device.name(), device.arguments());
        if ((result == 0 || result == -Errno.EEXIST) && EalCalls.port(device.name()) < 0) {
            // Its port was closed, but the bus knows it still and found nothing to do.
            EalCalls.detach(device.bus(), device.name());
            result = EalCalls.attach(device.bus(), device.name(), device.arguments());
        }
        if (result != 0) {
            throw EalFailure.attach(device, result, log.since(position));
        }
        int id = EalCalls.port(device.name());
        if (id < 0) {
            throw new DpdkException(
                    "DPDK opened " + device.name() + " but no port came of it: " + Errno.text(id),
                    "is its driver installed, and is it a network card? ./remora doctor");
        }
        return id;
    }

    private String freeName(DeviceConfig device) {
        int number = 0;
        while (openPort(device.driver() + number) != null) {
            number++;
        }
        return device.driver() + number;
    }

    private boolean known(PciDevice card) {
        return config.pciAddresses().contains(card.address())
                || config.devices().stream().anyMatch(device -> device.name().equals(card.address()));
    }

    /**
     * Closes a port, if that was not done, and takes its device out.
     *
     * @throws IllegalStateException if another live thread still owns one of its queues
     */
    public void detach(Port port) {
        synchronized (LOCK) {
            checkOpen();
            if (!ports.containsValue(port)) {
                throw new IllegalArgumentException(port + " is not one of this Eal's");
            }
            port.close();
            ports.remove(port.name());
            int result = EalCalls.detach(port.device().bus(), port.device().name());
            if (result != 0 && result != -Errno.ENODEV && result != -Errno.ENOENT) {
                throw new DpdkException(
                        "cannot take out " + port.name() + ": " + Errno.text(result),
                        "its port is closed all the same");
            }
        }
    }

    /** The open ports, in the order in which they were attached. */
    public List<Port> ports() {
        synchronized (LOCK) {
            checkOpen();
            return openPorts();
        }
    }

    /**
     * An open port by the name of its device.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Port port(String deviceName) {
        synchronized (LOCK) {
            checkOpen();
            Port port = openPort(deviceName);
            if (port == null) {
                throw new IllegalArgumentException("no open port " + deviceName + "; there are " + openPorts());
            }
            return port;
        }
    }

    private List<Port> openPorts() {
        return ports.values().stream().filter(Eal::isOpen).toList();
    }

    private @Nullable Port openPort(String name) {
        Port port = ports.get(name);
        return port != null && isOpen(port) ? port : null;
    }

    /** Ports may be closed without asking the Eal, and DPDK forgets the names of those. */
    private static boolean isOpen(Port port) {
        return EalCalls.port(port.name()) == port.id();
    }

    /**
     * Makes a pool of mbufs.
     *
     * @throws DpdkException if there is not enough memory
     */
    public MbufPool createPool(PoolConfig pool) {
        synchronized (LOCK) {
            checkOpen();
            pools.removeIf(MbufPool::isClosed);
            MbufPool made = MbufPool.create(pool);
            pools.add(made);
            return made;
        }
    }

    /** Makes the calling thread known to DPDK; see {@link Lcore} for what that gives. */
    public Lcore registerThread() {
        synchronized (LOCK) {
            checkOpen();
            return Lcore.register(this::flushCaches);
        }
    }

    /** Empties the calling thread's caches: they would stay full until another thread is given the same logical core. */
    private void flushCaches() {
        synchronized (LOCK) {
            for (MbufPool pool : pools) {
                if (!pool.isClosed()) {
                    pool.cache().flush();
                }
            }
        }
    }

    /**
     * Closes ports, pools and the calling thread's registration, and gives DPDK's memory back. It cannot be started again in
     * this process. Idempotent.
     *
     * @throws DpdkException if other live threads are registered, or mbufs are still out (not checked if there was an
     *     {@link AfXdpDevice}, whose driver loses some); DPDK goes on then, with those ports closed that could be, and
     *     closing can be tried again
     * @throws IllegalStateException if another live thread owns a queue; the same holds
     */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (closed) {
                return;
            }
            List<Lcore> others = Lcore.ofOtherThreads();
            if (!others.isEmpty()) {
                throw new DpdkException(
                        "DPDK cannot be closed while threads are registered: " + others,
                        "close the Lcore of each, in its thread, or let the thread end");
            }
            RuntimeException problem = null;
            // The newest first: if both ends of a link are here, the vhost end was made first.
            for (Port port : List.copyOf(ports.values()).reversed()) {
                problem = attempt(port, problem);
            }
            if (problem == null) {
                for (MbufPool pool : pools.reversed()) {
                    RuntimeException refusal = attempt(pool, null);
                    if (refusal != null && !losesMbufs) {
                        problem = refusal;
                    }
                }
            }
            if (problem != null) {
                throw problem;
            }
            Lcore own = Lcore.current();
            if (own != null) {
                own.close();
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
