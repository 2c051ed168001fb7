package dev.remora.dpdk.doctor;

import static dev.remora.dpdk.doctor.Status.NOTE;
import static dev.remora.dpdk.doctor.Status.OK;
import static dev.remora.dpdk.doctor.Status.PROBLEM;
import static dev.remora.dpdk.doctor.Status.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.DpdkException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final String ETHTOOL_K = """
            Features for eth1:
            rx-checksumming: on
            tx-checksumming: on
            tcp-segmentation-offload: on
            \ttx-tcp-segmentation: on
            \ttx-tcp-ecn-segmentation: off [fixed]
            """;
    private static final String ETHTOOL_X = """
            RX flow hash indirection table for eth1 with 4 RX ring(s):
                0:      0     1     2     3     0     1     2     3
                8:      0     1     2     3     0     1     2     3
            RSS hash key:
            6d:5a:56:da
            RSS hash function:
                toeplitz: on
            """;

    @Test
    void freshDebianRunsTcpAndIsToldWhatToInstall() {
        Report report = new FakeMachine().report();
        Finding libraries = finding(report, "dpdk.libraries");
        assertThat(libraries.status()).isEqualTo(PROBLEM);
        assertThat(libraries.what()).contains("DPDK is not installed");
        assertThat(libraries.remedy())
                .isEqualTo(
                        "sudo apt-get install --no-install-recommends librte-eal23 librte-ethdev23 librte-mempool-ring23 "
                                + "librte-bus-vdev23 librte-net-vhost23 librte-net-virtio23 librte-net-af-packet23");
        assertThat(report.isOpen(Way.TCP)).isTrue();
        assertThat(report.usable()).isTrue();
        assertThat(way(report, Way.EMBEDDED).missing())
                .singleElement()
                .asString()
                .contains("DPDK is not installed");
    }

    @Test
    void otherDistributionsGetTheirOwnCommands() {
        assertThat(remedyOn("ID=debian\nVERSION_ID=\"13\"\n"))
                .startsWith("sudo apt-get")
                .contains("librte-eal25 ");
        assertThat(remedyOn("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n"))
                .contains("librte-eal24 ");
        assertThat(remedyOn("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04\"\n"))
                .contains("build DPDK", "Ubuntu 22.04", "-Ddev.remora.dpdk.path=FOLDER");
        assertThat(remedyOn("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n")).startsWith("sudo dnf install dpdk");
        assertThat(remedyOn("")).contains("build DPDK");
    }

    @Test
    void unsupportedReleaseKeepsTheRemedyOfItsFailure() {
        Report report = new FakeMachine()
                .brokenDpdk(
                        new DpdkException("unsupported version of DPDK: another release (x.so.22)", "install 22.11"))
                .report();
        assertThat(finding(report, "dpdk.libraries"))
                .returns(PROBLEM, Finding::status)
                .returns("install 22.11", Finding::remedy);
        assertThat(report.isOpen(Way.EMBEDDED)).isFalse();
        assertThat(way(report, Way.PCI).missing()).anyMatch(missing -> missing.contains("unsupported version"));
    }

    @Test
    void missingDriversNameTheirPackages() {
        Report report =
                new FakeMachine().dpdk("mempool_ring", "bus_vdev", "net_virtio").report();
        assertThat(finding(report, "dpdk.libraries").what()).contains("DPDK 22.11.11 in /usr/lib/x86_64-linux-gnu");
        assertThat(finding(report, "dpdk.driver.net_vhost"))
                .returns(PROBLEM, Finding::status)
                .returns("sudo apt-get install --no-install-recommends librte-net-vhost23", Finding::remedy);
        assertThat(finding(report, "dpdk.driver.net_af_xdp"))
                .returns(NOTE, Finding::status)
                .returns("sudo apt-get install --no-install-recommends librte-net-af-xdp23", Finding::remedy);
        assertThat(finding(report, "dpdk.drivers").what()).endsWith(": mempool_ring, bus_vdev, net_virtio");
        assertThat(way(report, Way.EMBEDDED).missing()).containsExactly("librte_net_vhost");
        assertThat(way(report, Way.AF_PACKET).missing()).contains("librte_net_af_packet", "CAP_NET_RAW");
    }

    @Test
    void ordinaryUserWithoutHugepagesRunsTheEmbeddedWay() {
        Report report = new FakeMachine().wholeDpdk().report();
        assertThat(way(report, Way.EMBEDDED)).returns(true, Way::open).returns("without hugepages", Way::note);
        assertThat(finding(report, "memory.hugepages").status()).isEqualTo(NOTE);
        assertThat(finding(report, "memory.hugepages").what())
                .contains("2 MB: 0 free of 0", "goes on with ordinary pages", "costs");
        assertThat(finding(report, "memory.hugepages").remedy()).startsWith("sudo sysctl vm.nr_hugepages=256 ");
        assertThat(finding(report, "rights.user").what()).contains("ordinary user");
        assertThat(finding(report, "rights.cap_net_raw"))
                .returns(NOTE, Finding::status)
                .satisfies(found -> assertThat(found.remedy())
                        .contains("setpriv", "--ambient-caps=+net_raw", "AmbientCapabilities=CAP_NET_RAW"));
        assertThat(finding(report, "rights.memlock").what()).contains("at most 8 MB");
    }

    @Test
    void rootNeedsNoSudoAndHasAllRights() {
        Report report = new FakeMachine().root().report();
        assertThat(finding(report, "rights.user").what()).isEqualTo("running as root");
        assertThat(report.findings())
                .filteredOn(found -> found.id().startsWith("rights."))
                .extracting(Finding::status)
                .containsOnly(OK);
        assertThat(report.findings()).noneMatch(found -> found.remedy().startsWith("sudo "));
    }

    @Test
    void rootOfAContainerIsToldWhichCapabilityToAdd() {
        Report report = new FakeMachine().user(0, 0).report();
        assertThat(finding(report, "rights.cap_net_raw"))
                .returns("grant it to the container: --cap-add=NET_RAW", Finding::remedy);
    }

    @Test
    void aCapabilityAloneOpensAfPacket() {
        FakeMachine machine = new FakeMachine().wholeDpdk().interfaceNamed("veth0", 1, true, 1_500, 1);
        assertThat(way(machine.report(), Way.AF_PACKET).missing()).containsExactly("CAP_NET_RAW");
        machine.user(1000, 1L << 13);
        assertThat(way(machine.report(), Way.AF_PACKET))
                .returns(true, Way::open)
                .returns("veth0", Way::note);
        assertThat(way(machine.report(), Way.AF_XDP).missing())
                .containsExactly(
                        "CAP_NET_ADMIN", "CAP_BPF or CAP_SYS_ADMIN", "CAP_IPC_LOCK or unlimited RLIMIT_MEMLOCK");
    }

    @Test
    void xdpNeedsTheKernelAndSmallFrames() {
        FakeMachine machine = new FakeMachine().wholeDpdk().root().interfaceNamed("veth0", 1, true, 9_000, 1);
        assertThat(way(machine.report(), Way.AF_XDP).missing())
                .containsExactly("an Ethernet interface with a link and an MTU of at most 3542");
        machine.interfaceNamed("veth0", 1, true, 3_000, 1);
        assertThat(machine.report().isOpen(Way.AF_XDP)).isTrue();
        machine.file("/proc/net/protocols", "protocol size\nTCP 2304\n");
        assertThat(way(machine.report(), Way.AF_XDP).missing())
                .containsExactly("XDP sockets in the kernel (CONFIG_XDP_SOCKETS)");
    }

    @Test
    void oldJavaClosesEverything() {
        Report report = new FakeMachine()
                .wholeDpdk()
                .property("java.version", "21.0.5")
                .property("java.specification.version", "21")
                .report();
        assertThat(finding(report, "java.version").status()).isEqualTo(PROBLEM);
        assertThat(report.usable()).isFalse();
        assertThat(report.ways()).allMatch(way -> way.missing().contains("a JDK 25"));
    }

    @Test
    void withoutNativeAccessTheOptionIsNamed() {
        assertThat(finding(new FakeMachine().withoutNativeAccess().report(), "java.native-access"))
                .returns(WARNING, Finding::status)
                .satisfies(found -> assertThat(found.remedy()).contains("--enable-native-access=ALL-UNNAMED"));
    }

    @Test
    void otherArchitecturesRunTcpOnly() {
        Report report =
                new FakeMachine().wholeDpdk().property("os.arch", "aarch64").report();
        assertThat(finding(report, "java.platform").status()).isEqualTo(PROBLEM);
        assertThat(report.ways()).filteredOn(Way::open).extracting(Way::id).containsExactly(Way.TCP);
    }

    @Test
    void hugepagesThatSufficeAreFine() {
        Report report = new FakeMachine().wholeDpdk().hugepages(200, 256).report();
        assertThat(finding(report, "memory.hugepages"))
                .returns(OK, Finding::status)
                .returns("hugepages of 2 MB: 200 free of 256", Finding::what);
        assertThat(way(report, Way.EMBEDDED).note()).isEqualTo("with hugepages");
        assertThat(finding(report, "memory.hugetlbfs").what()).contains("/dev/hugepages");
        assertThat(finding(new FakeMachine().hugepages(100, 256).report(), "memory.hugepages")
                        .what())
                .contains("less than the 256 MB");
    }

    @Test
    void littleMemoryAndOneCpuAreWarnedOf() {
        Report report = new FakeMachine()
                .file("/proc/meminfo", "MemAvailable: 300000 kB\n")
                .file("/proc/self/status", "Uid:\t1\t1\t1\t1\nCapEff:\t0000000000000000\nCpus_allowed_list:\t2\n")
                .report();
        assertThat(finding(report, "memory.available").status()).isEqualTo(WARNING);
        assertThat(finding(report, "cpu.count").status()).isEqualTo(WARNING);
    }

    @Test
    void cpusAreDescribed() {
        FakeMachine machine = new FakeMachine()
                .file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
                .file("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n");
        Report report = machine.report();
        assertThat(finding(report, "cpu.count").what()).contains("4 CPUs (0-3) of 4");
        assertThat(finding(report, "cpu.isolated").remedy()).contains("isolcpus=");
        assertThat(finding(report, "cpu.governor"))
                .returns(NOTE, Finding::status)
                .satisfies(found -> assertThat(found.what()).contains("performance, powersave"));
        machine.file("/sys/devices/system/cpu/isolated", "2-3\n")
                .file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
        assertThat(finding(machine.report(), "cpu.isolated").status()).isEqualTo(OK);
        assertThat(finding(machine.report(), "cpu.governor").status()).isEqualTo(OK);
    }

    @Test
    void aCardOfTheKernelIsDescribedAndHowToGiveItAway() {
        FakeMachine machine = new FakeMachine().wholeDpdk().root().card("eth1", "0000:03:00.0", true);
        Report report = machine.report();
        assertThat(finding(report, "nic.eth1"))
                .returns(OK, Finding::status)
                .returns(
                        "eth1: driver igb at 0000:03:00.0, MTU 1500, speed 1000 Mbit/s, queues 4 rx 4 tx, NUMA node 1, link up",
                        Finding::what);
        assertThat(finding(report, "nic.0000:03:00.0").what()).contains("8086:1521", "kernel's driver igb as eth1");
        assertThat(finding(report, "nic.0000:03:00.0").remedy())
                .contains("modprobe vfio-pci", "0000:03:00.0", "driver_override");
        assertThat(finding(report, "nic.ethtool").remedy()).isEqualTo("apt-get install ethtool");
        assertThat(way(report, Way.PCI).missing())
                .containsExactly(
                        "a network card bound to vfio-pci (there: 0000:03:00.0 bound to igb)",
                        "an IOMMU",
                        "vfio-pci in the kernel");
        assertThat(finding(report, "iommu.vfio-pci").remedy()).isEqualTo("modprobe vfio-pci");
    }

    @Test
    void theCardOfTheDefaultRouteIsToBeLeftAlone() {
        Report report = new FakeMachine()
                .wholeDpdk()
                .card("eth1", "0000:03:00.0", true)
                .defaultRoute("eth1")
                .report();
        assertThat(finding(report, "nic.0000:03:00.0").remedy())
                .startsWith("leave it so")
                .doesNotContain("driver_override");
    }

    @Test
    void aCardBelowTheBridgeOfTheDefaultRouteIsToo() {
        Report report = new FakeMachine()
                .wholeDpdk()
                .card("eth1", "0000:03:00.0", true)
                .interfaceNamed("br0", 1, true, 1_500, 1)
                .file("/sys/class/net/br0/lower_bond0/mtu", "")
                .file("/sys/class/net/bond0/lower_eth1/mtu", "")
                .file(
                        "/proc/net/ipv6_route",
                        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80 400 1 0 3 br0\n")
                .report();
        assertThat(finding(report, "nic.0000:03:00.0").remedy()).startsWith("leave it so");
        assertThat(finding(report, "nic.eth1").what()).contains("carries the default route");
    }

    @Test
    void aCardWhoseInterfaceIsInAnotherNamespaceIsToBeLeftAlone() {
        Report report =
                new FakeMachine().wholeDpdk().bound("0000:03:00.0", "igb").report();
        assertThat(finding(report, "nic.0000:03:00.0").remedy())
                .contains("until you know its interface")
                .doesNotContain("driver_override");
    }

    @Test
    void aCardWithoutDpdksDriverNamesThePackage() {
        Report report = new FakeMachine()
                .dpdk("mempool_ring", "bus_vdev", "bus_pci", "net_vhost", "net_virtio")
                .card("eth1", "0000:03:00.0", true)
                .report();
        assertThat(finding(report, "nic.0000:03:00.0").remedy()).endsWith("librte-net-e1000-23");
    }

    @Test
    void aCardBoundToVfioOpensThePciWay() {
        FakeMachine machine = new FakeMachine()
                .wholeDpdk()
                .bound("0000:03:00.0", "vfio-pci")
                .file("/sys/kernel/iommu_groups/7/type", "DMA-FQ\n")
                .file("/sys/bus/pci/drivers/vfio-pci/new_id", "");
        assertThat(way(machine.report(), Way.PCI).missing())
                .containsExactly("root, or access to the card's file in /dev/vfio");
        Report report = machine.root().report();
        assertThat(way(report, Way.PCI)).returns(true, Way::open).returns("0000:03:00.0", Way::note);
        assertThat(finding(report, "iommu.vfio-pci").status()).isEqualTo(OK);
        assertThat(finding(report, "iommu.groups").what()).contains("1 group");
    }

    @Test
    void uioNeedsHugepages() {
        FakeMachine machine = new FakeMachine().wholeDpdk().root().bound("0000:03:00.0", "uio_pci_generic");
        assertThat(finding(machine.report(), "nic.0000:03:00.0").status()).isEqualTo(WARNING);
        assertThat(way(machine.report(), Way.PCI).missing())
                .containsExactly("hugepages and root for the card behind uio_pci_generic");
        assertThat(machine.hugepages(256, 256).report().isOpen(Way.PCI)).isTrue();
    }

    @Test
    void offloadsAndSpreadingComeFromEthtool() {
        FakeMachine machine = new FakeMachine()
                .card("eth1", "0000:03:00.0", true)
                .command("ethtool -k eth1", ETHTOOL_K)
                .command("ethtool -x eth1", ETHTOOL_X);
        assertThat(finding(machine.report(), "nic.eth1.offloads"))
                .returns("eth1: TCP segmentation on, checksums tx on, rx on", Finding::what)
                .returns(OK, Finding::status);
        assertThat(finding(machine.report(), "nic.eth1.rss").what())
                .isEqualTo("eth1: RSS over 4 of 4 queues, table of 16, key 6d:5a:56:da");
        machine.command("ethtool -k eth1", ETHTOOL_K.replace("tx-tcp-segmentation: on", "tx-tcp-segmentation: off"))
                .command("ethtool -x eth1", null);
        assertThat(finding(machine.report(), "nic.eth1.offloads").remedy()).isEqualTo("sudo ethtool -K eth1 tso on");
        assertThat(finding(machine.report(), "nic.eth1.rss").what()).contains("no RSS");
    }

    @Test
    void aLinkThatIsDownClosesTheWaysOverIt() {
        Report report = new FakeMachine()
                .wholeDpdk()
                .root()
                .card("eth1", "0000:03:00.0", false)
                .report();
        assertThat(finding(report, "nic.eth1").status()).isEqualTo(NOTE);
        assertThat(way(report, Way.AF_PACKET).missing()).containsExactly("an Ethernet interface with a link");
    }

    @Test
    void manyCardsMakeNeitherManyFindingsNorManyCommands() {
        FakeMachine machine = new FakeMachine().wholeDpdk();
        for (int i = 0; i < 200; i++) {
            machine.card("eth" + i, "0000:%02x:00.0".formatted(i), true)
                    .interfaceNamed("veth" + i, 1, true, 1_500, 1)
                    .command("ethtool -k eth" + i, ETHTOOL_K);
        }
        Report report = machine.report();
        assertThat(report.findings()).hasSizeLessThan(70);
        assertThat(finding(report, "nic.more").what()).contains("192 more interfaces");
        assertThat(finding(report, "nic.virtual").what()).contains("and 192 more");
        assertThat(machine.commands()).hasSizeLessThan(20);
    }

    @Test
    void idsAreUniqueAndAreasStandTogether() {
        Report report =
                new FakeMachine().wholeDpdk().card("eth1", "0000:03:00.0", true).report();
        assertThat(report.findings()).extracting(Finding::id).doesNotHaveDuplicates();
        List<String> areas = report.findings().stream().map(Finding::area).toList();
        long changes = 1;
        for (int i = 1; i < areas.size(); i++) {
            changes += areas.get(i).equals(areas.get(i - 1)) ? 0 : 1;
        }
        assertThat(areas.stream().distinct().count()).isEqualTo(changes);
    }

    private static String remedyOn(String osRelease) {
        return finding(new FakeMachine().file("/etc/os-release", osRelease).report(), "dpdk.libraries")
                .remedy();
    }

    static Finding finding(Report report, String id) {
        return report.findings().stream()
                .filter(found -> found.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + id + " in " + report.findings()));
    }

    private static Way way(Report report, String id) {
        return report.ways().stream()
                .filter(way -> way.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
