package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who runs this, and what they may. */
final class RightsCheck {
    private RightsCheck() {}

    static void examine(Host host, Findings findings) {
        if (host.root()) {
            findings.ok("rights.user", "running as root");
        } else {
            findings.ok("rights.user", "running as an ordinary user, which is enough for two processes of this host");
        }
        capability(host, findings, Host.CAP_NET_RAW, "net_raw", "af_packet and AF_XDP need it");
        capability(host, findings, Host.CAP_IPC_LOCK, "ipc_lock", "AF_XDP and cards behind vfio-pci lock memory");
        physicalAddresses(host, findings);
        locked(host, findings);
    }

    /** What starts a command with more rights but as the same user. Capabilities on java's file break its library path. */
    static String grant(List<String> names) {
        List<String> plus = new ArrayList<>();
        names.forEach(name -> plus.add("+" + name));
        String list = String.join(",", plus);
        return "sudo setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups --inh-caps=" + list + " --ambient-caps="
                + list
                + " COMMAND (systemd: AmbientCapabilities=CAP_"
                + String.join(" CAP_", names).toUpperCase(Locale.ROOT)
                + ")";
    }

    private static void capability(Host host, Findings findings, int capability, String name, String use) {
        String id = "rights.cap_" + name;
        String label = "CAP_" + name.toUpperCase(Locale.ROOT);
        if (host.can(capability)) {
            findings.ok(id, label + " is granted");
        } else {
            findings.note(
                    id,
                    label + " is not granted" + (host.root() ? ", although this is root (a container?)" : "") + ": "
                            + use,
                    host.root() ? "grant it to the container: --cap-add=" + label.substring(4) : grant(List.of(name)));
        }
    }

    /** Not worth asking for: whoever has it is as good as root. */
    private static void physicalAddresses(Host host, Findings findings) {
        if (host.can(Host.CAP_SYS_ADMIN)) {
            findings.ok("rights.cap_sys_admin", "CAP_SYS_ADMIN is granted");
        } else {
            findings.note(
                    "rights.cap_sys_admin",
                    "CAP_SYS_ADMIN is not granted: DPDK cannot see physical addresses, which cards without an IOMMU need",
                    "nothing, unless you use such a card; then run as root");
        }
    }

    private static void locked(Host host, Findings findings) {
        if (host.lockableBytes() == Long.MAX_VALUE || host.can(Host.CAP_IPC_LOCK)) {
            findings.ok("rights.memlock", "memory may be locked without limit");
        } else {
            findings.note(
                    "rights.memlock",
                    "at most " + Numbers.bytes(host.lockableBytes())
                            + " may be locked (RLIMIT_MEMLOCK): too little for AF_XDP and for cards behind vfio-pci",
                    "put '* - memlock unlimited' into /etc/security/limits.conf and log in again (systemd: "
                            + "LimitMEMLOCK=infinity)");
        }
    }
}
