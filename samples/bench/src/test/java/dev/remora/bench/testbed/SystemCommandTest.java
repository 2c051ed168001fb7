package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemCommandTest {
    @Test
    void inputArrivesAndOutputComesBack() {
        assertThat(SystemCommand.run(List.of("cat"), List.of("one", "two"))).isEqualTo("one\ntwo");
    }

    @Test
    void missingCommandNamesItsPackage() {
        assertThatThrownBy(() -> SystemCommand.run(List.of("no-such-command-of-ours")))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("no-such-command-of-ours does not run")
                .satisfies(e -> assertThat(((TestbedException) e).mend()).contains("iproute2"));
    }

    @Test
    void failureTellsCommandAndWhatItSaid() {
        assertThatThrownBy(() -> SystemCommand.run(List.of("sh", "-c", "echo out; echo why >&2; exit 3")))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("why");
    }

    @Test
    void commandThatDoesNotReadItsInputStillTellsWhy() {
        List<String> much = java.util.Collections.nCopies(100_000, "qdisc add dev p0");
        assertThatThrownBy(() -> SystemCommand.run(List.of("sh", "-c", "echo no thanks; exit 1"), much))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("no thanks");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qdisc add dev p0 root handle 1: htb default 10|Error: Specified qdisc kind is unknown.|CONFIG_NET_SCH_HTB",
                "filter add dev p0 u32 match ip tos 0 0xe0|Error: TC classifier not found.|CONFIG_NET_CLS_U32",
                "link add name p0 type veth peer name eth0|Error: Unknown device type.|CONFIG_VETH",
                "link add name br0 type bridge mcast_snooping 0|Error: Unknown device type.|CONFIG_BRIDGE",
                "netns add remora-cli-h0|mount --make-shared /run/netns failed: Operation not permitted|CAP_SYS_ADMIN",
                "netns add remora-cli-h0|Cannot create namespace file: File exists|./remora testbed status"
            })
    void complaintsOfTheKernelAreTranslated(String line, String said, String mend) {
        TestbedException failure = CommandFailure.of(
                List.of("tc", "-batch", "-"), List.of("first", line), 1, said + "\nCommand failed -:2");

        assertThat(failure).hasMessageContaining("at \"" + line + "\"").hasMessageContaining(said);
        assertThat(failure.mend()).contains(mend);
    }

    @Test
    void lostQueuesAreAnErrorAndNotZero() throws Exception {
        var queues = new ObjectMapper().readTree("[{\"kind\":\"noqueue\",\"dev\":\"p0\",\"root\":true}]");

        assertThatThrownBy(() -> QueueReading.of(queues, "p0", 0, "remora-cli-switch"))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("interface p0 of remora-cli-switch has lost its queues");
    }

    @Test
    void kernelsTcpCountersAreFoundByName() {
        String snmp = "Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: RtoAlgorithm RetransSegs InErrs\nTcp: 1 42 7\n";

        assertThat(TcpReading.value(snmp, "RetransSegs")).isEqualTo(42);
        assertThatThrownBy(() -> TcpReading.value(snmp, "Nonsense"))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("Nonsense");
    }
}
