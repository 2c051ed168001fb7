package dev.remora.dpdk.doctor;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.doctor.Doctor.Loaded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DPDK's libraries and drivers. */
final class DpdkCheck {
    /** Without these no two processes of a host can speak. */
    static final List<String> EMBEDDED = List.of("mempool_ring", "bus_vdev", "net_vhost", "net_virtio");

    /** What else may be wanted, and what for. */
    private static final Map<String, String> OPTIONAL = optional();

    private static final List<String> FOLDERS = List.of(
            "/usr/local/lib/x86_64-linux-gnu",
            "/usr/local/lib64",
            "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/opt/dpdk/lib/x86_64-linux-gnu",
            "/opt/dpdk/lib64",
            "/opt/dpdk/lib");

    private final Host host;
    private final @Nullable Loaded loaded;
    private final String problem;
    private final List<String> files;

    private DpdkCheck(Host host, @Nullable Loaded loaded, String problem, List<String> files) {
        this.host = host;
        this.loaded = loaded;
        this.problem = problem;
        this.files = files;
    }

    static DpdkCheck examine(Host host, Findings findings) {
        Loaded loaded;
        try {
            loaded = host.machine().loadDpdk();
        } catch (DpdkException e) {
            findings.problem("dpdk.libraries", e.problem(), remedy(host, e));
            return new DpdkCheck(host, null, e.problem(), List.of());
        }
        String folder = folder(host, loaded);
        findings.ok(
                "dpdk.libraries",
                loaded.version() + " in " + (folder == null ? loaded.place() : folder)
                        + " (22.11, 23.11 and 24.11 are supported)");
        String plugins = folder + "/dpdk/pmds-" + loaded.abi() + ".0";
        List<String> files = folder == null ? List.of() : host.machine().list(plugins);
        String searched = plugins;
        if (files.isEmpty() && folder != null) {
            searched = folder;
            files = host.machine().list(folder);
        }
        DpdkCheck check = new DpdkCheck(host, loaded, "", files);
        if (folder == null) {
            findings.note(
                    "dpdk.drivers",
                    "which drivers there are cannot be told: the folder of " + loaded.place() + " was not found",
                    "name it: -D" + Dpdk.PATH_PROPERTY + "=FOLDER");
        } else {
            check.drivers(searched, findings);
        }
        return check;
    }

    /** What closes all ways over DPDK; empty if nothing does. */
    String problem() {
        return problem;
    }

    /** Whether a driver is installed, as far as can be told. */
    boolean has(String library) {
        if (loaded != null && files.isEmpty()) {
            return true;
        }
        return files.stream().anyMatch(file -> file.startsWith("librte_" + library + ".so"));
    }

    /** Whether DPDK is there at all. */
    boolean present() {
        return loaded != null;
    }

    /** What installs a driver. */
    String install(String library) {
        int abi = loaded == null ? host.distribution().dpdkAbi() : loaded.abi();
        return host.distribution().installDpdk(host.sudo(), List.of(library), abi);
    }

    private void drivers(String searched, Findings findings) {
        List<String> installed = new ArrayList<>();
        for (String library : EMBEDDED) {
            if (has(library)) {
                installed.add(library);
            } else {
                findings.problem(
                        "dpdk.driver." + library,
                        "librte_" + library + " is missing in " + searched + ": two processes of this host need it",
                        install(library));
            }
        }
        OPTIONAL.forEach((library, use) -> {
            if (has(library)) {
                installed.add(library);
            } else {
                findings.note(
                        "dpdk.driver." + library,
                        "librte_" + library + " is missing in " + searched + ": needed for " + use,
                        install(library));
            }
        });
        if (!installed.isEmpty()) {
            findings.ok("dpdk.drivers", "drivers in " + searched + ": " + String.join(", ", installed));
        }
    }

    private static String remedy(Host host, DpdkException failure) {
        // What the distribution has is known better here than where the libraries are opened.
        boolean missing = failure.problem().startsWith("DPDK is not installed");
        if (missing || failure.remedy().isEmpty()) {
            return host.distribution()
                    .installDpdk(
                            host.sudo(),
                            Distribution.EMBEDDED,
                            host.distribution().dpdkAbi());
        }
        return failure.remedy();
    }

    /** The folder of the library that was opened: the dynamic linker says no more than that it found one. */
    private static @Nullable String folder(Host host, Loaded loaded) {
        int slash = loaded.place().lastIndexOf('/');
        if (slash > 0) {
            return loaded.place().substring(0, slash);
        }
        for (String line : host.text("/proc/self/maps").split("\n")) {
            int path = line.indexOf('/');
            if (path >= 0 && line.contains("/" + loaded.place())) {
                return line.substring(path, line.lastIndexOf('/'));
            }
        }
        return FOLDERS.stream()
                .filter(folder -> host.machine().exists(folder + "/" + loaded.place()))
                .findFirst()
                .orElse(null);
    }

    private static Map<String, String> optional() {
        Map<String, String> uses = new LinkedHashMap<>();
        uses.put("net_af_packet", "a packet socket on an interface of the kernel");
        uses.put("net_af_xdp", "an XDP socket on an interface of the kernel");
        uses.put("bus_pci", "a network card of DPDK's own");
        uses.put("net_memif", "shared memory between processes (not the default)");
        uses.put("net_tap", "an interface of the kernel that Remora makes");
        return uses;
    }
}
