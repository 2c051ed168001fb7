package dev.remora.dpdk;

import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import java.nio.file.Path;

/**
 * A process whose starts of DPDK fail one after the other: what can be seen beforehand does not use up the only start, what
 * DPDK itself refuses does. Prints the class and message of each failure.
 */
public final class StartProgram {
    private StartProgram() {}

    /** Takes a folder for sockets. */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        start("interface", EalConfig.builder().device(AfPacketDevice.on("nosuch0")));
        start("peer", EalConfig.builder().device(VirtioUserDevice.at(folder.resolve("s"))));
        start("folder", EalConfig.builder().driverFolder(folder.resolve("none")));
        start("cpus", EalConfig.builder().cpus("1023"));
        // More than this machine can have set aside.
        start("hugepages", EalConfig.builder().memoryMb(262_144).hugepages(HugepagePolicy.REQUIRED));
        start("driver", EalConfig.builder().extraArgument("--vdev=net_nosuch0"));
        start("second", EalConfig.builder());
        System.exit(0);
    }

    private static void start(String what, EalConfig.Builder config) {
        EalConfig complete = config.build();
        try {
            Eal.start(complete).close();
            System.out.println(what + " started");
        } catch (DpdkException e) {
            System.out.println(
                    what + " " + e.getClass().getSimpleName() + " problem=" + e.problem() + " remedy=" + e.remedy());
        }
    }
}
