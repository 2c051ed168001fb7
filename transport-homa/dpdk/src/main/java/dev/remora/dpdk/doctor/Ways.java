package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** From what the checks found: which ways of running are open, and what each of the others lacks. */
record Ways(Host host, JavaCheck java, DpdkCheck dpdk, MemoryCheck memory, IommuCheck iommu, NicCheck nics) {
    /** AF_XDP keeps a frame in one page, with room in front. */
    private static final int MAX_XDP_MTU = 3_542;

    private static final int MOST_NAMED = 4;

    List<Way> all() {
        return List.of(tcp(), embedded(), afPacket(), afXdp(), pci());
    }

    private Way tcp() {
        List<String> missing = new ArrayList<>();
        java25(missing);
        return Way.of(Way.TCP, "kernel TCP", missing, "");
    }

    private Way embedded() {
        List<String> missing = dpdk(DpdkCheck.EMBEDDED);
        return Way.of(
                Way.EMBEDDED,
                "Homa between processes of this host (vhost-user)",
                missing,
                memory.hugeBytesFree() >= MemoryCheck.WANTED_BYTES ? "with hugepages" : "without hugepages");
    }

    private Way afPacket() {
        List<String> missing = dpdk(List.of("mempool_ring", "bus_vdev", "net_af_packet"));
        right(missing, Host.CAP_NET_RAW, "CAP_NET_RAW");
        List<Nic> up = nics.up();
        if (up.isEmpty()) {
            missing.add("an Ethernet interface with a link");
        }
        return Way.of(Way.AF_PACKET, "Homa on an interface of the kernel (af_packet)", missing, names(up));
    }

    private Way afXdp() {
        List<String> missing = dpdk(List.of("mempool_ring", "bus_vdev", "net_af_xdp"));
        String protocols = host.text("/proc/net/protocols");
        if (!protocols.isEmpty() && !("\n" + protocols).contains("\nXDP ")) {
            missing.add("XDP sockets in the kernel (CONFIG_XDP_SOCKETS)");
        }
        right(missing, Host.CAP_NET_RAW, "CAP_NET_RAW");
        right(missing, Host.CAP_NET_ADMIN, "CAP_NET_ADMIN");
        if (!host.can(Host.CAP_BPF) && !host.can(Host.CAP_SYS_ADMIN)) {
            missing.add("CAP_BPF or CAP_SYS_ADMIN");
        }
        if (!host.can(Host.CAP_IPC_LOCK) && host.lockableBytes() != Long.MAX_VALUE) {
            missing.add("CAP_IPC_LOCK or unlimited RLIMIT_MEMLOCK");
        }
        List<Nic> up =
                nics.up().stream().filter(nic -> nic.mtu() <= MAX_XDP_MTU).toList();
        if (up.isEmpty()) {
            missing.add("an Ethernet interface with a link and an MTU of at most " + MAX_XDP_MTU);
        }
        return Way.of(Way.AF_XDP, "Homa on an interface of the kernel (AF_XDP)", missing, names(up));
    }

    private Way pci() {
        List<String> missing = dpdk(List.of("mempool_ring", "bus_pci"));
        List<PciNic> bound = nics.cards().stream().filter(PciNic::bound).toList();
        if (bound.isEmpty()) {
            missing.add(
                    nics.cards().isEmpty()
                            ? "a network card on the PCI bus"
                            : "a network card bound to vfio-pci (there: "
                                    + nics.cards().stream()
                                            .limit(MOST_NAMED)
                                            .map(card -> card.address() + " bound to "
                                                    + (card.driver().isEmpty() ? "nothing" : card.driver()))
                                            .collect(Collectors.joining(", "))
                                    + ")");
            if (!iommu.groups() && !iommu.withoutIommu()) {
                missing.add("an IOMMU");
            }
            if (!iommu.vfio().active()) {
                missing.add("vfio-pci in the kernel");
            }
        }
        List<PciNic> usable = bound.stream().filter(this::usable).toList();
        if (!bound.isEmpty() && usable.isEmpty()) {
            missing.add(
                    "hugepages and root for the card behind " + bound.getFirst().driver());
        }
        boolean mayOpen = host.root() || host.machine().list("/dev/vfio").size() > 1;
        if (!mayOpen) {
            missing.add("root, or access to the card's file in /dev/vfio");
        }
        String note = usable.stream().limit(MOST_NAMED).map(PciNic::address).collect(Collectors.joining(", "));
        return Way.of(Way.PCI, "Homa on a network card of DPDK's own (PCI)", missing, note);
    }

    private boolean usable(PciNic card) {
        return !card.needsHugepages() || (memory.hugeBytesFree() > 0 && host.root());
    }

    /** What every way over DPDK needs, and the drivers of one. */
    private List<String> dpdk(List<String> drivers) {
        List<String> missing = new ArrayList<>();
        java25(missing);
        if (java.recent() && !java.dpdkPossible()) {
            missing.add("Linux on x86_64");
        }
        if (!dpdk.present()) {
            missing.add("DPDK (" + dpdk.problem() + ")");
        } else {
            drivers.stream().filter(driver -> !dpdk.has(driver)).forEach(driver -> missing.add("librte_" + driver));
        }
        return missing;
    }

    private void java25(List<String> missing) {
        if (!java.recent()) {
            missing.add("a JDK " + JavaCheck.LEAST);
        }
    }

    private void right(List<String> missing, int capability, String name) {
        if (!host.can(capability)) {
            missing.add(name);
        }
    }

    private static String names(List<Nic> nics) {
        int more = nics.size() - MOST_NAMED;
        return nics.stream()
                        .limit(MOST_NAMED)
                        .map(nic -> nic.name() + (nic.defaultRoute() ? " (carries the default route)" : ""))
                        .collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
