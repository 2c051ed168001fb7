package dev.remora.dpdk;

import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.PciDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to start DPDK's environment (EAL). Immutable; made by {@link #builder()}.
 *
 * @param memoryMb MiB for packets and rings, at least 16
 * @param hugepages whether in hugepages
 * @param filePrefix separates the files of processes of this host
 * @param devices opened at the start; others can be attached later, PCI devices only if named here or in {@code pciAddresses}
 * @param pciAddresses cards that may be attached later
 * @param driverFolder with drivers besides the ones DPDK finds by itself; null for none
 * @param cpus that DPDK's own threads may use, such as {@code 0-1,4}; empty for those the process may
 * @param logLevel from which DPDK logs
 * @param extraArguments for EAL, after all others
 */
public record EalConfig(
        int memoryMb,
        HugepagePolicy hugepages,
        String filePrefix,
        List<DeviceConfig> devices,
        List<String> pciAddresses,
        @Nullable Path driverFolder,
        String cpus,
        LogLevel logLevel,
        List<String> extraArguments) {
    /** 22.11's EAL crashes at 512 GB and more in ordinary pages. */
    private static final int MAX_MEMORY_MB = 262_144;

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Set<String> ENDING = Set.of("-h", "--help", "-v", "--version");

    public EalConfig {
        if (memoryMb < 16 || memoryMb > MAX_MEMORY_MB) {
            throw new IllegalArgumentException("memoryMb must be 16 to " + MAX_MEMORY_MB + ", is " + memoryMb);
        }
        if (!PREFIX.matcher(filePrefix).matches()) {
            throw new IllegalArgumentException(
                    "filePrefix must have 1 to 64 letters, digits, dots, dashes, underscores, is \"" + filePrefix
                            + "\"");
        }
        if (!cpus.isEmpty()) {
            cpus = CpuList.format(CpuList.parse(cpus));
        }
        devices = List.copyOf(devices);
        Set<String> names = new HashSet<>();
        for (DeviceConfig device : devices) {
            if (!names.add(device.name())) {
                throw new IllegalArgumentException(
                        "two devices have the name " + device.name() + "; give one of them another: withName");
            }
        }
        pciAddresses = pciAddresses.stream()
                .map(address -> PciDevice.at(address).address())
                .toList();
        extraArguments = List.copyOf(extraArguments);
        for (String argument : extraArguments) {
            if (ENDING.contains(argument) || argument.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("extra argument \"" + argument
                        + "\" makes EAL print something and end the process; leave it out");
            }
        }
    }

    /** 256 MiB, hugepages if free, no device. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The arguments for {@code rte_eal_init}, the program's name first. The PCI bus is only looked at when a card is named:
     * otherwise EAL would try every card of the machine. Other devices are not among them but attached afterwards: EAL
     * would start without one that fails, and not say so.
     *
     * @param hugepagesFree whether enough are free, which decides when the policy is {@link HugepagePolicy#AUTO}
     */
    public List<String> arguments(boolean hugepagesFree) {
        List<String> all = new ArrayList<>();
        all.add("remora");
        // One lcore, which may run on any of the CPUs: EAL pins nothing of ours.
        all.add("--lcores");
        all.add("0@(" + (cpus.isEmpty() ? CpuList.format(CpuList.allowed()) : cpus) + ")");
        all.add("-m");
        all.add(Integer.toString(memoryMb));
        if (inHugepages(hugepagesFree)) {
            // Private pages that vanish with the process, and few file descriptors, as vhost passes each to its peer.
            all.add("--in-memory");
            all.add("--single-file-segments");
        } else {
            all.add("--no-huge");
            all.add("--no-shconf");
        }
        all.add("--file-prefix=" + filePrefix);
        all.add("--no-telemetry");
        all.add("--log-level=" + logLevel.number());
        if (logLevel.number() > LogLevel.NOTICE.number()) {
            // Each part of DPDK has a threshold of its own; the pattern is of their names.
            all.add("--log-level=*:" + logLevel.number());
        }
        List<String> cards = new ArrayList<>(pciAddresses);
        for (DeviceConfig device : devices) {
            if (device instanceof PciDevice card) {
                cards.remove(card.address());
                all.add("-a");
                all.add(card.address() + (card.arguments().isEmpty() ? "" : "," + card.arguments()));
            }
        }
        for (String card : cards) {
            all.add("-a");
            all.add(card);
        }
        if (!all.contains("-a")) {
            all.add("--no-pci");
        }
        if (driverFolder != null) {
            all.add("-d");
            all.add(driverFolder.toString());
        }
        all.addAll(extraArguments);
        return all;
    }

    boolean inHugepages(boolean enoughFree) {
        return hugepages == HugepagePolicy.REQUIRED || (hugepages == HugepagePolicy.AUTO && enoughFree);
    }

    EalConfig withDriverFolder(Path folder) {
        return new EalConfig(
                memoryMb, hugepages, filePrefix, devices, pciAddresses, folder, cpus, logLevel, extraArguments);
    }

    /** Collects the settings. */
    public static final class Builder {
        private int memoryMb = 256;
        private HugepagePolicy hugepages = HugepagePolicy.AUTO;
        private String filePrefix = "remora-" + ProcessHandle.current().pid();
        private final List<DeviceConfig> devices = new ArrayList<>();
        private final List<String> pciAddresses = new ArrayList<>();
        private @Nullable Path driverFolder;
        private String cpus = "";
        private LogLevel logLevel = LogLevel.WARNING;
        private final List<String> extraArguments = new ArrayList<>();

        private Builder() {}

        public Builder memoryMb(int value) {
            memoryMb = value;
            return this;
        }

        public Builder hugepages(HugepagePolicy value) {
            hugepages = value;
            return this;
        }

        public Builder filePrefix(String value) {
            filePrefix = value;
            return this;
        }

        /** Adds a device to open at the start. */
        public Builder device(DeviceConfig value) {
            devices.add(value);
            return this;
        }

        /** Adds a card that may be attached later. */
        public Builder pciAddress(String value) {
            pciAddresses.add(value);
            return this;
        }

        public Builder driverFolder(Path value) {
            driverFolder = value;
            return this;
        }

        public Builder cpus(String value) {
            cpus = value;
            return this;
        }

        public Builder logLevel(LogLevel value) {
            logLevel = value;
            return this;
        }

        /** Adds an argument for EAL. */
        public Builder extraArgument(String value) {
            extraArguments.add(value);
            return this;
        }

        public EalConfig build() {
            return new EalConfig(
                    memoryMb,
                    hugepages,
                    filePrefix,
                    devices,
                    pciAddresses,
                    driverFolder,
                    cpus,
                    logLevel,
                    extraArguments);
        }
    }
}
