package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network card on the PCI bus.
 *
 * @param ids vendor and device, such as {@code 8086:1533}
 * @param driver bound to it; empty if none is
 * @param nic its interface of the kernel, if it has one
 */
record PciNic(
        String address, String ids, String driver, @Nullable Nic nic) {
    private static final String FOLDER = "/sys/bus/pci/devices/";
    private static final String CLASS_NETWORK = "0x02";

    /** Drivers of the kernel that DPDK's work beside: the card stays an interface. */
    private static final List<String> SHARED = List.of("mlx4_core", "mlx5_core");

    private static final List<String> UIO = List.of("uio_pci_generic", "igb_uio");

    /** The kernel's drivers and the DPDK drivers for the same cards. */
    private static final Map<String, String> DPDK_DRIVERS = Map.ofEntries(
            Map.entry("virtio_net", "net_virtio"),
            Map.entry("virtio-pci", "net_virtio"),
            Map.entry("e1000", "net_e1000"),
            Map.entry("e1000e", "net_e1000"),
            Map.entry("igb", "net_e1000"),
            Map.entry("igbvf", "net_e1000"),
            Map.entry("igc", "net_igc"),
            Map.entry("ixgbe", "net_ixgbe"),
            Map.entry("ixgbevf", "net_ixgbe"),
            Map.entry("i40e", "net_i40e"),
            Map.entry("iavf", "net_iavf"),
            Map.entry("ice", "net_ice"),
            Map.entry("ena", "net_ena"),
            Map.entry("gve", "net_gve"),
            Map.entry("mlx4_core", "net_mlx4"),
            Map.entry("mlx5_core", "net_mlx5"),
            Map.entry("bnxt_en", "net_bnxt"),
            Map.entry("vmxnet3", "net_vmxnet3"),
            Map.entry("atlantic", "net_atlantic"),
            Map.entry("cxgb4", "net_cxgbe"),
            Map.entry("qede", "net_qede"),
            Map.entry("ionic", "net_ionic"),
            Map.entry("sfc", "net_sfc"),
            Map.entry("nfp", "net_nfp"),
            Map.entry("enic", "net_enic"),
            Map.entry("hns3", "net_hns3"),
            Map.entry("hinic", "net_hinic"));

    static List<PciNic> all(Host host, List<Nic> nics) {
        List<PciNic> cards = new ArrayList<>();
        for (String address : host.machine().list(FOLDER)) {
            if (host.line(FOLDER + address + "/class").startsWith(CLASS_NETWORK)) {
                String driver = host.target(FOLDER + address + "/driver");
                cards.add(new PciNic(
                        address,
                        hex(host, address, "vendor") + ":" + hex(host, address, "device"),
                        driver == null ? "" : driver,
                        nics.stream()
                                .filter(nic -> address.equals(nic.pci()))
                                .findFirst()
                                .orElse(null)));
            }
        }
        return cards;
    }

    /** Whether DPDK could open it as it is. */
    boolean bound() {
        return driver.equals("vfio-pci") || needsHugepages() || shared();
    }

    /** Whether DPDK can use it while the kernel keeps it. */
    boolean shared() {
        return SHARED.contains(driver);
    }

    /** Whether its driver gives DPDK no translation of addresses, so that it must know physical ones. */
    boolean needsHugepages() {
        return UIO.contains(driver);
    }

    /** DPDK's driver for it; null if that cannot be told, because the kernel's own driver is not bound to it. */
    @Nullable
    String dpdkDriver() {
        return DPDK_DRIVERS.get(driver);
    }

    /** Whether the kernel's own driver is bound to it and DPDK has none for the same card. */
    boolean unknownToDpdk() {
        return !driver.isEmpty() && !bound() && dpdkDriver() == null;
    }

    private static String hex(Host host, String address, String file) {
        String text = host.line(FOLDER + address + "/" + file);
        return text.startsWith("0x") ? text.substring(2) : "?";
    }
}
