package dev.remora.dpdk.doctor;

import dev.remora.dpdk.doctor.Kernel.Presence;

/**
 * What DPDK needs to own a card safely.
 *
 * @param groups whether there is an IOMMU in use
 * @param vfio whether vfio-pci is there
 * @param withoutIommu whether VFIO was told to do without one
 */
record IommuCheck(boolean groups, Presence vfio, boolean withoutIommu) {
    static IommuCheck examine(Host host, Findings findings) {
        int groups = host.machine().list("/sys/kernel/iommu_groups").size();
        if (groups > 0) {
            findings.ok("iommu.groups", "IOMMU in use, " + Numbers.plural(groups, "group"));
        } else {
            findings.note(
                    "iommu.groups",
                    "no IOMMU in use: needed only to give a network card to DPDK",
                    "switch it on in the firmware (VT-d, AMD-Vi) and boot with intel_iommu=on or amd_iommu=on; in a virtual "
                            + "machine its host must offer one");
        }
        Presence vfio = host.machine().exists("/sys/bus/pci/drivers/vfio-pci")
                ? Presence.LOADED
                : host.kernel().presence("vfio_pci");
        switch (vfio) {
            case LOADED, BUILT_IN -> findings.ok("iommu.vfio-pci", "vfio-pci is in the kernel");
            case LOADABLE ->
                findings.note(
                        "iommu.vfio-pci",
                        "vfio-pci is not loaded: needed only to give a network card to DPDK",
                        host.sudo() + "modprobe vfio-pci");
            case ABSENT ->
                findings.note(
                        "iommu.vfio-pci",
                        "this kernel has no vfio-pci: needed only to give a network card to DPDK",
                        "boot a kernel with CONFIG_VFIO_PCI");
            case UNKNOWN ->
                findings.note(
                        "iommu.vfio-pci",
                        "vfio-pci is not loaded, and whether it can be is not to be seen here (a container?)",
                        "on the host itself: " + host.sudo() + "modprobe vfio-pci");
        }
        boolean without = host.line("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode")
                .equals("Y");
        if (without) {
            findings.warning(
                    "iommu.unsafe",
                    "VFIO is allowed to do without an IOMMU: a card can then write anywhere in memory",
                    "echo N | " + host.sudo() + "tee /sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
        }
        return new IommuCheck(groups > 0, vfio, without);
    }
}
