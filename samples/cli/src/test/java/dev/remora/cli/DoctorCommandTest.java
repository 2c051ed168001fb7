package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.doctor.Doctor.Machine;
import dev.remora.dpdk.doctor.Finding;
import dev.remora.dpdk.doctor.Report;
import dev.remora.dpdk.doctor.Status;
import dev.remora.dpdk.doctor.Way;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class DoctorCommandTest {
    private static final Report REPORT = new Report(
            List.of(
                    new Finding("java", "java.version", Status.OK, "JDK 25", ""),
                    new Finding("dpdk", "dpdk.libraries", Status.PROBLEM, "no DPDK", "sudo apt-get install it"),
                    new Finding("dpdk", "dpdk.odd", Status.NOTE, "a \"quoted\" \\ \t rule\n\u0001", "sh -c 'x'")),
            List.of(
                    new Way(Way.TCP, "kernel TCP", true, List.of(), ""),
                    new Way(Way.EMBEDDED, "two processes", false, List.of("DPDK", "a driver"), "")));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @Test
    void tellsWhatCanRunOnThisMachine() {
        assertThat(line.execute("doctor")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains(
                        "java\n  ok       JDK ",
                        "\ndpdk\n",
                        "\nmemory\n",
                        "\nrights\n",
                        "\ncpu\n",
                        "\nnic\n",
                        "\nfirewall\n")
                .contains("what you can run here\n  yes      kernel TCP")
                .doesNotContain("\u001b[", "[java.version]");
        assertThat(out.toString().lines().toList().getLast()).matches("\\d+ ok, \\d+ note, \\d+ warning, \\d+ problem");
    }

    @Test
    void verboseShowsTheIds() {
        assertThat(line.execute("doctor", "--verbose")).isZero();
        assertThat(out.toString()).contains(" [java.version]\n");
    }

    @Test
    void jsonHoldsTheSame() {
        assertThat(line.execute("doctor", "--json")).isZero();
        Config json = parse(out.toString());
        assertThat(json.getConfigList("findings")).hasSizeGreaterThan(8).allSatisfy(finding -> {
            assertThat(finding.root().keySet()).containsExactlyInAnyOrder("area", "id", "status", "what", "remedy");
            assertThat(finding.getString("status").equals("OK"))
                    .isEqualTo(finding.getString("remedy").isEmpty());
        });
        assertThat(json.getConfigList("ways"))
                .extracting(way -> way.getString("id"))
                .containsExactly(Way.TCP, Way.EMBEDDED, Way.AF_PACKET, Way.AF_XDP, Way.PCI);
        assertThat(json.getConfigList("ways").getFirst().getBoolean("open")).isTrue();
    }

    @Test
    void jsonEscapesWhatItMust() {
        Config json = parse(DoctorText.json(REPORT));
        assertThat(json.getConfigList("findings").get(2).getString("what"))
                .isEqualTo("a \"quoted\" \\ \t rule\n\u0001");
        assertThat(json.getConfigList("ways").get(1).getStringList("missing")).containsExactly("DPDK", "a driver");
    }

    @Test
    void remediesAreIndentedBelowTheirFindings() {
        new DoctorText(new PrintWriter(out, true), Ansi.OFF, false).print(REPORT);
        assertThat(out.toString()).isEqualToNormalizingNewlines("""
                java
                  ok       JDK 25

                dpdk
                  problem  no DPDK
                           -> sudo apt-get install it
                  note     a "quoted" \\ \t rule
                \u0001
                           -> sh -c 'x'

                what you can run here
                  yes      kernel TCP
                  no       two processes
                           missing: DPDK
                           missing: a driver

                1 ok, 1 note, 0 warning, 1 problem
                """);
    }

    @Test
    void aTerminalGetsColours() {
        new DoctorText(new PrintWriter(out, true), Ansi.ON, false).print(REPORT);
        assertThat(out.toString()).contains("\u001b[31mproblem");
    }

    @Test
    void exitsWithOneWhereNothingCanRun() {
        // A machine of which nothing is known has no JDK 25 either.
        Machine bare = (Machine) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Machine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("loadDpdk")) {
                        throw new DpdkException("no DPDK", "install it");
                    }
                    return method.getReturnType() == boolean.class
                            ? (Object) false
                            : method.getReturnType() == List.class ? List.of() : null;
                });
        CommandLine command = new CommandLine(new DoctorCommand(bare)).setOut(new PrintWriter(out, true));
        assertThat(command.execute()).isEqualTo(1);
        assertThat(out.toString()).contains("no       kernel TCP", "missing: a JDK 25", "-> install it");
    }

    @Test
    void unknownOptionsAreRefused() {
        assertThat(line.execute("doctor", "--xml")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    private static Config parse(String json) {
        return ConfigFactory.parseString(json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }
}
