package dev.remora.homa.link;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.port.Port;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DPDK's environment of this process. It can be started once in the life of a process and not again, so all transports share
 * it, it starts when the first needs it, and it stays until the process ends. For any thread.
 */
public final class SharedEal {
    /** RTE_MAX_ETHPORTS of the distributions' builds. */
    public static final int MAX_PORTS = 32;

    private static final Logger log = LoggerFactory.getLogger(SharedEal.class);
    private static final AtomicLong names = new AtomicLong();

    private static @Nullable Eal shared;
    private static @Nullable EalConfig startedWith;

    private SharedEal() {}

    /**
     * The environment, started now if it was not before; that takes a quarter of a second to two.
     *
     * @param config used by the first call alone
     * @throws dev.remora.dpdk.DpdkException if it cannot start; the message says what is missing. What is found missing
     *     beforehand can be mended and tried again
     */
    public static synchronized Eal get(EalConfig config) {
        Eal eal = shared;
        if (eal == null) {
            eal = Eal.start(config);
            shared = eal;
            startedWith = config;
        } else if (startedWith != null && startedWith.memoryMb() < config.memoryMb()) {
            log.warn(
                    "DPDK was started in this process with {} MiB; a transport that asks for {} MiB has to share them",
                    startedWith.memoryMb(),
                    config.memoryMb());
        }
        return eal;
    }

    /**
     * Opens a device.
     *
     * @throws dev.remora.dpdk.DpdkException if it cannot be opened, or the process has {@value #MAX_PORTS} ports already
     */
    public static Port attach(Eal eal, DeviceConfig device) {
        int open = eal.ports().size();
        if (open >= MAX_PORTS) {
            throw new dev.remora.dpdk.DpdkException(
                    "this process has " + open + " DPDK ports, one for each peer, and DPDK allows no more",
                    "spread the work over more processes, or use the tcp transport");
        }
        return eal.attach(device);
    }

    /** A name for a device that no other in this process has or had. */
    public static String deviceName(String driver) {
        return driver + "_" + names.incrementAndGet();
    }
}
