package dev.remora.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.dpdk.device.VhostDevice;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EalConfigTest {
    private static EalConfig.Builder fixed() {
        return EalConfig.builder().filePrefix("p").cpus("0-1");
    }

    @Test
    void withoutHugepagesNothingIsSharedAndNoCardIsTouched() {
        assertThat(fixed().build().arguments(false))
                .containsExactly(
                        "remora",
                        "--lcores",
                        "0@(0-1)",
                        "-m",
                        "256",
                        "--no-huge",
                        "--no-shconf",
                        "--file-prefix=p",
                        "--no-telemetry",
                        "--log-level=5",
                        "--no-pci");
    }

    @Test
    void withHugepagesFreeAutoUsesThem() {
        assertThat(fixed().memoryMb(64).build().arguments(true))
                .containsExactly(
                        "remora",
                        "--lcores",
                        "0@(0-1)",
                        "-m",
                        "64",
                        "--in-memory",
                        "--single-file-segments",
                        "--file-prefix=p",
                        "--no-telemetry",
                        "--log-level=5",
                        "--no-pci");
    }

    @Test
    void thePolicyWinsOverWhatIsFree() {
        assertThat(fixed().hugepages(HugepagePolicy.NONE).build().arguments(true))
                .contains("--no-huge")
                .doesNotContain("--in-memory");
        assertThat(fixed().hugepages(HugepagePolicy.REQUIRED).build().arguments(false))
                .contains("--in-memory")
                .doesNotContain("--no-huge");
    }

    @Test
    void aCardNamedIsAllowedAndNoOther() {
        List<String> arguments = fixed().device(new PciDevice("0000:3b:00.0", "mprq_en=1"))
                .pciAddress("3b:00.1")
                .pciAddress("0000:3b:00.0")
                .build()
                .arguments(false);
        assertThat(arguments)
                .containsSubsequence("-a", "0000:3b:00.0,mprq_en=1", "-a", "0000:3b:00.1")
                .doesNotContain("--no-pci");
        assertThat(arguments.stream().filter("-a"::equals)).hasSize(2);
    }

    @Test
    void otherDevicesAreNoArguments() {
        EalConfig config = fixed().device(NullDevice.sink())
                .device(VhostDevice.at(Path.of("/tmp/s")))
                .build();
        assertThat(config.arguments(false))
                .contains("--no-pci")
                .noneMatch(argument -> argument.contains("vdev") || argument.contains("net_"));
    }

    @Test
    void moreTalkOpensTheThresholdsOfAllParts() {
        assertThat(fixed().logLevel(LogLevel.DEBUG).build().arguments(false))
                .containsSubsequence("--log-level=8", "--log-level=*:8");
        assertThat(fixed().logLevel(LogLevel.ERROR).build().arguments(false)).contains("--log-level=4");
    }

    @Test
    void driversAndExtraArgumentsComeLast() {
        List<String> arguments = fixed().driverFolder(Path.of("/opt/pmds"))
                .extraArgument("--iova-mode=va")
                .extraArgument("--huge-unlink")
                .build()
                .arguments(false);
        assertThat(arguments.subList(arguments.size() - 4, arguments.size()))
                .containsExactly("-d", "/opt/pmds", "--iova-mode=va", "--huge-unlink");
    }

    @Test
    void theDefaultIsAPrefixOfTheProcessAndAllItsCpus() {
        EalConfig config = EalConfig.builder().build();
        assertThat(config.filePrefix())
                .isEqualTo("remora-" + ProcessHandle.current().pid());
        assertThat(config.arguments(false)).contains("0@(" + CpuList.format(CpuList.allowed()) + ")");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 15, 262_145, Integer.MAX_VALUE})
    void memoryThatMakesNoSenseIsRefused(int megabytes) {
        assertThatThrownBy(() -> EalConfig.builder().memoryMb(megabytes).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("memoryMb")
                .hasMessageContaining("" + megabytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "..%p", "a\0"})
    void aPrefixThatIsNoFileNameIsRefused(String prefix) {
        assertThatThrownBy(() -> EalConfig.builder().filePrefix(prefix).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("filePrefix");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help", "-v", "--version", "a\0b"})
    void argumentsThatEndTheProcessAreRefused(String argument) {
        assertThatThrownBy(() -> EalConfig.builder().extraArgument(argument).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave it out");
    }

    @Test
    void twoDevicesOfOneNameAreRefused() {
        assertThatThrownBy(() -> EalConfig.builder()
                        .device(NullDevice.sink())
                        .device(NullDevice.source(64))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("net_null0")
                .hasMessageContaining("withName");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1-", "-1", "3-1", "0,,1", "0-1024", "99999", "0 1", ","})
    void cpusThatAreNoListAreRefused(String cpus) {
        assertThatThrownBy(() -> EalConfig.builder().cpus(cpus).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + cpus + "\" is not a list of CPUs");
    }

    @Test
    void listsOfCpusAreWrittenTheShortestWay() {
        assertThat(EalConfig.builder().cpus("4,0,1,2-3,7").build().cpus()).isEqualTo("0-4,7");
        assertThat(CpuList.format(CpuList.parse("1023"))).isEqualTo("1023");
        assertThat(CpuList.allowed().cardinality()).isPositive();
    }
}
