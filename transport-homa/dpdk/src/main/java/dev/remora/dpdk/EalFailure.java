package dev.remora.dpdk;

import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.Obstacle;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.ffi.Errno;
import java.util.List;
import java.util.Locale;

/**
 * Turns DPDK's refusals into exceptions that help. Its error numbers are too coarse for that (a driver answers -1, or
 * "invalid argument" to everything), so that the lines it logged are looked at, too, and quoted.
 */
final class EalFailure {
    private static final int QUOTED = 4;

    private EalFailure() {}

    /** EAL did not start. */
    static DpdkException start(int errno, List<String> arguments, List<String> log) {
        String problem = "DPDK did not start: " + Errno.text(errno) + quote(log) + " (arguments: "
                + String.join(" ", arguments.subList(1, arguments.size())) + ")";
        return new DpdkException(problem, startRemedy(errno, arguments.contains("--in-memory"), text(log)));
    }

    private static String startRemedy(int errno, boolean hugepages, String log) {
        if (errno == Errno.EALREADY) {
            return "another part of this process has started it before; only one can";
        }
        if (hugepages && log.contains("hugepage")) {
            return "set more hugepages aside: sudo sysctl vm.nr_hugepages=256, or go on without: HugepagePolicy.NONE";
        }
        if (log.contains("cannot allocate memory") || log.contains("not enough memory") || log.contains("mmap")) {
            return "ask for less memory, or see the limits of the process and its container";
        }
        if (log.contains("unrecognized option") || log.contains("command line") || errno == Errno.EINVAL) {
            return "check cpus, driver folder and extra arguments of EalConfig";
        }
        if (errno == Errno.EACCES || log.contains("permission denied")) {
            return "run as root, or give the process what the line quoted asks for";
        }
        return "start with logLevel DEBUG and see the log for more";
    }

    /** Something known to be missing before DPDK was asked. */
    static DpdkException obstacles(DeviceConfig device, List<Obstacle> obstacles) {
        String problem = device.name() + " cannot be opened: "
                + String.join("; ", obstacles.stream().map(Obstacle::problem).toList());
        String remedy = String.join(
                "; ", obstacles.stream().map(Obstacle::remedy).distinct().toList());
        return obstacles.stream().allMatch(Obstacle::passing)
                ? new DeviceNotReadyException(problem, remedy)
                : new DpdkException(problem, remedy);
    }

    /** A device did not open. */
    static DpdkException attach(DeviceConfig device, int result, List<String> log) {
        String text = text(log);
        String problem = device.name() + " cannot be opened with \"" + device.arguments() + "\": " + Errno.text(result)
                + quote(log);
        if (device instanceof VirtioUserDevice && text.contains("connect error")) {
            return new DeviceNotReadyException(problem, VirtioUserDevice.REMEDY);
        }
        return new DpdkException(problem, attachRemedy(device, result, text));
    }

    private static String attachRemedy(DeviceConfig device, int result, String log) {
        if (-result == Errno.EBUSY || log.contains("busy") || log.contains("in use")) {
            return "another process or driver uses it; end that one, or choose another";
        }
        if (-result == Errno.EEXIST) {
            return "there is a device of that name in this process; give one another: withName";
        }
        if (log.contains("tunsetiff") && log.contains("invalid argument")) {
            return "there is an interface of that name which is no tap; choose another name";
        }
        if (log.contains("permission") || log.contains("not permitted")) {
            return "run as root, or give the process the rights its driver needs";
        }
        if (log.contains("failed to parse device") || log.contains("unable to find")) {
            return "its driver was not there when DPDK started: install it and start the process again";
        }
        if (device instanceof PciDevice) {
            return "name it among the devices of EalConfig, and bind it: sudo dpdk-devbind.py --bind=vfio-pci "
                    + device.name();
        }
        return "start with logLevel DEBUG and see the log for more";
    }

    private static String quote(List<String> log) {
        if (log.isEmpty()) {
            return "";
        }
        // The cause comes first; what follows says that therefore something larger failed.
        return "; DPDK says: " + String.join(" | ", log.subList(0, Math.min(QUOTED, log.size())));
    }

    private static String text(List<String> log) {
        return String.join("\n", log).toLowerCase(Locale.ROOT);
    }
}
