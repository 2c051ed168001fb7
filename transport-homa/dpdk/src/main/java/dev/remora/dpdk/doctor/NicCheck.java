package dev.remora.dpdk.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Network interfaces and cards.
 *
 * @param nics Ethernet interfaces of the kernel
 * @param cards on the PCI bus, with an interface or without
 */
record NicCheck(List<Nic> nics, List<PciNic> cards) {
    /** So many cards are looked at with ethtool: machines with hundreds of virtual functions exist. */
    private static final int MOST_EXAMINED = 8;

    private static final int MOST_NAMED = 8;
    private static final Duration LIMIT = Duration.ofSeconds(2);

    static NicCheck examine(Host host, DpdkCheck dpdk, Findings findings) {
        List<Nic> nics = Nic.all(host);
        List<PciNic> cards = PciNic.all(host, nics);
        List<Nic> physical = nics.stream().filter(Nic::physical).toList();
        physical.stream().limit(MOST_EXAMINED).forEach(nic -> describe(host, nic, findings));
        if (physical.size() > MOST_EXAMINED) {
            findings.ok("nic.more", "and " + Numbers.plural(physical.size() - MOST_EXAMINED, "more interface"));
        }
        others(nics, findings);
        if (!physical.isEmpty()) {
            offloads(host, physical, findings);
        }
        cards.stream().limit(MOST_EXAMINED).forEach(card -> card(host, dpdk, card, findings));
        if (physical.isEmpty() && cards.isEmpty()) {
            findings.ok("nic.none", "no network card to be seen; two processes of this host and loopback need none");
        }
        return new NicCheck(nics, cards);
    }

    private static void describe(Host host, Nic nic, Findings findings) {
        String id = "nic." + nic.name();
        String text = nic.name() + ": driver " + nic.driver() + (nic.pci() == null ? "" : " at " + nic.pci())
                + ", MTU " + nic.mtu()
                + ", speed " + (nic.speedMbps() > 0 ? nic.speedMbps() + " Mbit/s" : "not told")
                + ", queues " + nic.rxQueues() + " rx " + nic.txQueues() + " tx"
                + (nic.numaNode() >= 0 ? ", NUMA node " + nic.numaNode() : "")
                + (nic.defaultRoute() ? ", carries the default route" : "");
        if (nic.up()) {
            findings.ok(id, text + ", link up");
        } else {
            findings.note(
                    id,
                    text + ", link down",
                    "plug it in, or switch it on: " + host.sudo() + "ip link set " + nic.name() + " up");
        }
    }

    private static void others(List<Nic> nics, Findings findings) {
        List<String> names = nics.stream()
                .filter(nic -> !nic.physical())
                .map(nic -> nic.name() + (nic.up() ? "" : " (down)"))
                .toList();
        if (!names.isEmpty()) {
            int more = names.size() - MOST_NAMED;
            findings.ok(
                    "nic.virtual",
                    "interfaces without a card: "
                            + String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())))
                            + (more > 0 ? " and " + more + " more" : ""));
        }
    }

    private static void offloads(Host host, List<Nic> physical, Findings findings) {
        if (!host.machine().has("ethtool")) {
            findings.note(
                    "nic.ethtool",
                    "what the cards can do for TCP (segmentation, checksums, spreading over queues) cannot be told: ethtool is "
                            + "not installed",
                    host.distribution().install(host.sudo(), "ethtool"));
            return;
        }
        for (Nic nic : physical.subList(0, Math.min(MOST_EXAMINED, physical.size()))) {
            String features = host.machine().run(LIMIT, "ethtool", "-k", nic.name());
            if (features == null) {
                findings.note(
                        "nic." + nic.name() + ".offloads",
                        nic.name() + ": its driver does not tell its offloads",
                        "see what it says: " + host.sudo() + "ethtool -k " + nic.name());
                continue;
            }
            offloads(host, nic, features, findings);
            spreading(host, nic, host.machine().run(LIMIT, "ethtool", "-x", nic.name()), findings);
        }
    }

    private static void offloads(Host host, Nic nic, String features, Findings findings) {
        String id = "nic." + nic.name() + ".offloads";
        String tso = feature(features, "tx-tcp-segmentation");
        String rx = feature(features, "rx-checksumming");
        String tx = feature(features, "tx-checksumming");
        String text = nic.name() + ": TCP segmentation " + tso + ", checksums tx " + tx + ", rx " + rx;
        if (tso.startsWith("on")) {
            findings.ok(id, text);
        } else if (tso.contains("fixed") || tso.equals("unknown")) {
            findings.note(
                    id,
                    text + ": Remora cuts large messages itself on it",
                    "nothing, except another card or a newer driver");
        } else {
            findings.note(
                    id,
                    text + ": it could cut large messages, and is told not to",
                    host.sudo() + "ethtool -K " + nic.name() + " tso on");
        }
    }

    private static void spreading(Host host, Nic nic, @Nullable String table, Findings findings) {
        String id = "nic." + nic.name() + ".rss";
        Rss rss = table == null ? null : Rss.parse(table);
        if (rss != null && rss.queuesUsed() > 1) {
            findings.ok(
                    id,
                    nic.name() + ": RSS over " + rss.queuesUsed() + " of " + rss.rings() + " queues, table of "
                            + rss.entries() + (rss.key().isEmpty() ? "" : ", key " + rss.key()));
        } else if (rss != null && rss.rings() > 1) {
            findings.note(
                    id,
                    nic.name() + ": RSS uses " + rss.queuesUsed() + " of " + rss.rings() + " queues",
                    host.sudo() + "ethtool -X " + nic.name() + " equal " + rss.rings());
        } else {
            findings.note(
                    id,
                    nic.name() + ": no RSS (" + Numbers.plural(nic.rxQueues(), "rx queue") + "): one core receives all",
                    "more queues if it has them: " + host.sudo() + "ethtool -L " + nic.name()
                            + " combined N; else af_packet with several queues spreads flows in the kernel");
        }
    }

    private static void card(Host host, DpdkCheck dpdk, PciNic card, Findings findings) {
        String id = "nic." + card.address();
        String name = card.address() + " (" + card.ids() + ")";
        Nic nic = card.nic();
        String driver = card.dpdkDriver();
        if (card.needsHugepages()) {
            findings.warning(
                    id,
                    name + ": bound to " + card.driver() + "; DPDK opens it only as root and with hugepages",
                    bind(host, card.address()) + " where there is an IOMMU");
        } else if (card.driver().equals("vfio-pci")) {
            findings.ok(id, name + ": bound to vfio-pci, ready for DPDK");
        } else if (driver != null && dpdk.present() && !dpdk.has(driver)) {
            findings.note(id, name + ": for DPDK to use it librte_" + driver + " is missing", dpdk.install(driver));
        } else if (card.shared()) {
            findings.ok(id, name + ": " + card.driver() + " lets DPDK use it beside the kernel");
        } else if (card.unknownToDpdk()) {
            findings.note(
                    id,
                    name + ": bound to the kernel's driver " + card.driver()
                            + ", and no driver of DPDK for it is known here",
                    "use its interface by af_packet");
        } else if (nic != null && nic.defaultRoute()) {
            findings.note(
                    id,
                    name + ": bound to the kernel's driver " + card.driver() + " as " + nic.name()
                            + ", which carries the default route",
                    "leave it so: bound to DPDK, this machine would be cut off; use another card, or af_packet on "
                            + nic.name());
        } else if (nic == null && !card.driver().isEmpty()) {
            // Interfaces are shown per network namespace, cards are not: it may well carry the machine's default route.
            findings.note(
                    id,
                    name + ": bound to the kernel's driver " + card.driver() + ", its interface is not to be seen here",
                    "leave it so until you know its interface: run this in the machine's own network namespace");
        } else {
            findings.note(
                    id,
                    name + ": bound to "
                            + (card.driver().isEmpty() ? "no driver" : "the kernel's driver " + card.driver())
                            + (nic == null ? "" : " as " + nic.name()),
                    "to give it to DPDK, which takes it from the kernel: " + bind(host, card.address()));
        }
    }

    /** Without dpdk-devbind.py, which is in a package of its own. */
    private static String bind(Host host, String address) {
        return host.sudo() + "sh -c 'modprobe vfio-pci; cd /sys/bus/pci/devices/" + address
                + "; echo vfio-pci > driver_override; [ ! -e driver ] || echo " + address
                + " > driver/unbind; echo " + address + " > /sys/bus/pci/drivers_probe'";
    }

    private static String feature(String features, String name) {
        for (String line : features.split("\n")) {
            if (line.strip().startsWith(name + ":")) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "unknown";
    }

    /** Interfaces that have a link, those that carry the default route last. */
    List<Nic> up() {
        List<Nic> up = new ArrayList<>(nics.stream().filter(Nic::up).toList());
        up.sort((a, b) -> Boolean.compare(a.defaultRoute(), b.defaultRoute()));
        return up;
    }
}
