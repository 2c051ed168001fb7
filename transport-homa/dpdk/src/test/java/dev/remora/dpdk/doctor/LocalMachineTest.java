package dev.remora.dpdk.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.doctor.Doctor.Machine;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine the tests run on, whatever it is. */
class LocalMachineTest {
    private static final int MOST_COMMANDS = 24;

    private final LocalMachine machine = new LocalMachine();

    @Test
    void thisMachineIsExaminedWithFewCommands() {
        List<String> commands = new ArrayList<>();
        Machine counting = (Machine) Proxy.newProxyInstance(
                Machine.class.getClassLoader(), new Class<?>[] {Machine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("run")) {
                        commands.add(String.join(" ", (String[]) arguments[1]));
                    }
                    try {
                        return method.invoke(machine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Report report = Doctor.examine(counting);
        assertThat(commands).hasSizeLessThan(MOST_COMMANDS);
        assertThat(report.isOpen(Way.TCP)).isTrue();
        assertThat(report.usable()).isTrue();
        assertThat(report.findings()).extracting(Finding::id).doesNotHaveDuplicates();
        assertThat(report.findings())
                .extracting(Finding::area)
                .contains("java", "dpdk", "memory", "rights", "cpu", "iommu", "nic", "firewall");
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.what()).as(finding.id()).isNotBlank().doesNotContain("null", "\n"));
        assertThat(DoctorTest.finding(report, "dpdk.libraries").status() == Status.OK)
                .isEqualTo(Dpdk.isAvailable());
        assertThat(DoctorTest.finding(report, "java.version").what()).contains(System.getProperty("java.version"));
    }

    @Test
    void whatIsNotThereIsNotAFailure() {
        assertThat(machine.read("/no/such/file")).isNull();
        assertThat(machine.read("/proc")).isNull();
        assertThat(machine.list("/no/such/folder")).isEmpty();
        assertThat(machine.resolve("/no/such/file")).isNull();
        assertThat(machine.exists("/no/such/file")).isFalse();
        assertThat(machine.has("no-such-command-of-remora")).isFalse();
        assertThat(machine.run(Duration.ofSeconds(1), "no-such-command-of-remora"))
                .isNull();
    }

    @Test
    void filesAreReadAndUnpacked(@TempDir Path folder) throws IOException {
        Path packed = folder.resolve("config.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("CONFIG_NF_TABLES=y\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(machine.read(packed.toString())).isEqualTo("CONFIG_NF_TABLES=y\n");
        assertThat(machine.list(folder.toString())).containsExactly("config.gz");
        Files.createSymbolicLink(folder.resolve("link"), packed);
        assertThat(machine.resolve(folder.resolve("link").toString()))
                .isEqualTo(packed.toRealPath().toString());
    }

    @Test
    void commandsAreHeard() {
        assertThat(machine.run(Duration.ofSeconds(10), "echo", "a", "b c")).isEqualTo("a b c\n");
        assertThat(machine.run(Duration.ofSeconds(10), "false")).isNull();
    }

    @Test
    void commandsThatTakeTooLongAreEnded() {
        long startNs = System.nanoTime();
        assertThat(machine.run(Duration.ofMillis(200), "sleep", "60")).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void loadingAgreesWithDpdk() {
        if (Dpdk.isAvailable()) {
            assertThat(machine.loadDpdk().version()).isEqualTo(Dpdk.load().versionText());
        } else {
            assertThatThrownBy(machine::loadDpdk).isInstanceOf(DpdkException.class);
        }
    }
}
