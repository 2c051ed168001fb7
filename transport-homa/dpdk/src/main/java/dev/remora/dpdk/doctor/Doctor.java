package dev.remora.dpdk.doctor;

import dev.remora.dpdk.DpdkException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a machine and says what Remora can do on it, what is missing, and how to mend that. It reads files, runs a few
 * commands that print, and loads DPDK's libraries; it changes nothing and sends no packet.
 */
public final class Doctor {
    private Doctor() {}

    /**
     * All that is read from a machine goes through here, so that tests can present machines. What is not there or may not
     * be read is null or empty, never an exception: for the doctor that is a finding.
     */
    public interface Machine {
        /** A system property of this JVM, such as {@code java.version}. */
        @Nullable
        String property(String name);

        /** An environment variable. */
        @Nullable
        String environment(String name);

        /** Whether DPDK's bindings may call native code without a warning of the JVM. */
        boolean nativeAccess();

        /** A text file, its first megabytes at most; {@code .gz} is unpacked. */
        @Nullable
        String read(String path);

        /** Names in a folder, sorted. */
        List<String> list(String path);

        /** Whether there is such a file or folder. */
        boolean exists(String path);

        /** Where a path ends after all its symbolic links. */
        @Nullable
        String resolve(String path);

        /** Whether a command is installed. */
        boolean has(String command);

        /**
         * Runs a command that only prints, and ends it when it takes too long.
         *
         * @return null if it is not installed, failed, or was ended
         */
        @Nullable
        String run(Duration limit, String... words);

        /**
         * Loads DPDK's libraries, without starting DPDK.
         *
         * @throws DpdkException as {@link dev.remora.dpdk.Dpdk#load} does
         */
        Loaded loadDpdk();
    }

    /**
     * DPDK's libraries.
     *
     * @param version as {@code rte_version()} gives it
     * @param abi number in the names of its libraries
     * @param place library that was opened: a path, or a bare name
     */
    public record Loaded(String version, int abi, String place) {}

    /** The machine this runs on. */
    public static Machine thisMachine() {
        return new LocalMachine();
    }

    /** Looks at everything. Takes some hundred milliseconds; some seconds at most. */
    public static Report examine(Machine machine) {
        Findings findings = new Findings();
        Host host = Host.of(machine);
        JavaCheck java = JavaCheck.examine(host, findings);
        DpdkCheck dpdk = DpdkCheck.examine(host, findings);
        MemoryCheck memory = MemoryCheck.examine(host, findings);
        RightsCheck.examine(host, findings);
        CpuCheck.examine(host, findings);
        IommuCheck iommu = IommuCheck.examine(host, findings);
        NicCheck nics = NicCheck.examine(host, dpdk, findings);
        FirewallCheck.examine(host, findings);
        return new Report(findings.all(), new Ways(host, java, dpdk, memory, iommu, nics).all());
    }
}
