package dev.remora.dpdk.doctor;

import static dev.remora.dpdk.doctor.DoctorTest.finding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.doctor.FirewallRules.Suspect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallTest {
    private final FirewallRules rules = new FirewallRules();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "syn,rst / syn,rst drop; true",
                "& (syn | rst) == (syn | rst) drop; true",
                "& (syn | rst) == syn | rst counter packets 1 bytes 40 drop; true",
                "& (fin | syn | rst | ack) == syn drop; false",
                "& (fin | syn | rst | ack) != syn drop; true",
                "fin,syn / fin,syn drop; false",
                "!= syn / fin,syn,rst,ack drop; true",
                "syn / fin,syn,rst,ack accept; false",
                "& syn == 0x0 drop; false",
                "& rst != 0x0 drop; true",
                "== syn drop; false",
                "!= syn ct state new drop; true",
                "== 0x6 drop; true",
                "syn drop; true",
                "syn,ack drop; true",
                "ack drop; false",
                "! ack drop; true",
                "! syn drop; false",
                "{ syn, syn | rst } drop; true",
                "{ syn, syn | ack } drop; false",
                "!= { syn, syn | ack } drop; true",
                "vmap { syn | rst : drop, syn : accept }; true",
                "vmap { syn | rst : accept, syn : drop }; false",
            })
    void conditionsOfNftAreEvaluated(String condition, boolean matches) {
        assertThat(TcpFlags.nft(condition)).isEqualTo(matches);
    }

    @Test
    void conditionsThatAreNotUnderstoodAreNotGuessed() {
        assertThat(TcpFlags.nft("@myset drop")).isNull();
        assertThat(TcpFlags.nft("newflag drop")).isNull();
    }

    @Test
    void rulesThatDropAreFoundInNft() throws IOException {
        rules.nft(resource("ruleset.nft"));
        assertThat(rules.suspects())
                .extracting(suspect -> suspect.chain() + ": " + suspect.rule())
                .containsExactly(
                        "nft inet filter input: ct state vmap { invalid : drop, established : accept, related : accept }",
                        "nft inet filter input: tcp flags syn,rst / syn,rst counter packets 0 bytes 0 drop",
                        "nft inet filter forward: ct state invalid drop",
                        "nft inet filter forward: tcp flags != syn / fin,syn,rst,ack ct state { invalid, new } drop",
                        "nft inet filter forward: ct state != { established, related, new } reject",
                        "nft inet filter forward: tcp flags { fin | syn, syn | rst, syn } drop",
                        "nft inet filter forward: tcp flags vmap { syn | rst : drop, syn : accept }",
                        "nft inet filter forward: tcp flags syn,rst drop",
                        "nft inet filter forward: tcp flags syn,rst / syn,rst,ack drop comment \"x { y\"",
                        "nft inet filter forward: tcp flags rst reject with icmp port-unreachable");
        assertThat(rules.suspects()).filteredOn(Suspect::local).hasSize(2);
        assertThat(rules.closedForwarding()).containsExactly("nft inet filter forward");
        assertThat(rules.count()).isEqualTo(21);
    }

    @Test
    void setsOverSeveralLinesAreOneRule() {
        rules.nft("""
                table inet t {
                	chain c {
                		ct state vmap { established : accept,
                				invalid : drop }
                		tcp dport 22 accept
                	}
                }
                """);
        assertThat(rules.suspects()).singleElement().returns(false, Suspect::local);
        assertThat(rules.count()).isEqualTo(2);
    }

    @Test
    void rulesThatDropAreFoundInIptables() throws IOException {
        rules.iptables("iptables", resource("rules.iptables"));
        assertThat(rules.suspects())
                .extracting(suspect -> suspect.chain() + ": " + suspect.rule())
                .containsExactly(
                        "iptables -t filter INPUT: -A INPUT -m state --state INVALID -j DROP",
                        "iptables -t filter FORWARD: -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN,RST -j REJECT "
                                + "--reject-with icmp-port-unreachable",
                        "iptables -t filter ufw-before-forward: -A ufw-before-forward -m conntrack --ctstate INVALID -j DROP");
        assertThat(rules.suspects()).extracting(Suspect::local).containsExactly(true, false, false);
        assertThat(rules.closedForwarding()).containsExactly("iptables -t filter FORWARD");
    }

    @Test
    void whatTheRemediesAddEndsTheComplaint() throws IOException {
        rules.nft(resource("ruleset.nft")
                .replace(
                        "\t\tct state invalid drop",
                        "\t\ttcp flags syn,rst / syn,rst tcp urgptr 47485 accept\n\t\tct state invalid drop"));
        rules.iptables(
                "iptables",
                resource("rules.iptables")
                        .replace(
                                "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN,RST -j REJECT",
                                "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN,RST -j ACCEPT\n"
                                        + "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN,RST -j REJECT"));
        assertThat(rules.suspects())
                .extracting(Suspect::chain)
                .containsExactly(
                        "nft inet filter input",
                        "nft inet filter input",
                        "iptables -t filter INPUT",
                        "iptables -t filter ufw-before-forward");
        assertThat(rules.closedForwarding()).isEmpty();
    }

    @Test
    void acceptingSomeOfThemDoesNotSpareTheRest() {
        rules.nft("""
                table ip t {
                	chain forward {
                		tcp flags syn,rst / syn,rst tcp dport 80 accept
                		ct state invalid drop
                	}
                }
                """);
        assertThat(rules.suspects()).hasSize(1);
    }

    @Test
    void findingsNameTheRulesOfAChainAndTheCommandThatMendsIt() throws IOException {
        Report report = withNft()
                .file("/proc/sys/net/ipv4/ip_forward", "1\n")
                .command("nft list ruleset", resource("ruleset.nft"))
                .report();
        Finding forward = finding(report, "firewall.chain-1");
        assertThat(forward.status()).isEqualTo(Status.WARNING);
        assertThat(forward.what())
                .startsWith("nft inet filter forward drops")
                .contains("'ct state invalid drop' and '", "and 5 more", "this machine forwards packets");
        assertThat(forward.remedy())
                .isEqualTo("nft insert rule inet filter forward "
                        + "'tcp flags & (syn | rst) == (syn | rst) tcp urgptr 0xb97d accept'");
        assertThat(finding(report, "firewall.chain-2"))
                .returns(Status.NOTE, Finding::status)
                .satisfies(found -> assertThat(found.what()).contains("nft inet filter input", "the kernel itself"));
    }

    @Test
    void whereNothingIsForwardedItIsOnlyANote() throws IOException {
        FakeMachine machine = withNft().command("nft list ruleset", resource("ruleset.nft"));
        assertThat(finding(machine.report(), "firewall.chain-1"))
                .returns(Status.NOTE, Finding::status)
                .satisfies(found -> assertThat(found.remedy()).startsWith("nothing, unless"));
        machine.file("/sys/class/net/br0/bridge/bridge_id", "8000\n");
        assertThat(finding(machine.report(), "firewall.chain-1").status()).isEqualTo(Status.WARNING);
    }

    @Test
    void closedForwardingIsTold() {
        FakeMachine machine =
                withNft().file("/proc/sys/net/ipv4/ip_forward", "1\n").command("nft list ruleset", """
                        table ip filter {
                        	chain FORWARD {
                        		type filter hook forward priority filter; policy drop;
                        		ct state established,related accept
                        	}
                        }
                        """);
        assertThat(finding(machine.report(), "firewall.forwarding").remedy())
                .contains("nft insert rule ip filter FORWARD 'tcp flags");
    }

    @Test
    void iptablesFindingsAreMendedWithIptables() throws IOException {
        FakeMachine machine = new FakeMachine()
                .root()
                .file("/proc/sys/net/ipv4/ip_forward", "1\n")
                .file("/proc/net/ip_tables_names", "filter\n")
                .command("iptables-legacy-save", resource("rules.iptables"));
        Report report = machine.report();
        assertThat(finding(report, "firewall.chain-1").remedy())
                .isEqualTo("iptables -t filter -I FORWARD -p tcp --tcp-flags SYN,RST SYN,RST -j ACCEPT");
        assertThat(machine.commands()).containsExactly("iptables-legacy-save");
    }

    @Test
    void noRulesAreFine() {
        assertThat(finding(withNft().command("nft list ruleset", "").report(), "firewall.rules"))
                .returns(Status.OK, Finding::status)
                .returns("no firewall rules", Finding::what);
    }

    @Test
    void nothingIsRunThatWouldLoadAModule() {
        FakeMachine machine = new FakeMachine().root().command("nft list ruleset", "");
        assertThat(finding(machine.report(), "firewall.rules").what()).isEqualTo("no firewall rules");
        assertThat(machine.commands()).isEmpty();
        machine.file("/lib/modules/6.1.0-40-amd64/modules.dep", "");
        assertThat(finding(machine.report(), "firewall.rules"))
                .returns(Status.NOTE, Finding::status)
                .satisfies(found -> assertThat(found.what()).contains("cannot be told", "nft was not asked"));
        assertThat(machine.commands()).isEmpty();
    }

    @Test
    void ordinaryUsersAreToldHowToFindOut() {
        FakeMachine machine = new FakeMachine().command("nft list ruleset", "");
        assertThat(finding(machine.report(), "firewall.rules"))
                .returns(Status.NOTE, Finding::status)
                .satisfies(found -> assertThat(found.remedy()).contains("sudo nft list ruleset"));
        assertThat(machine.commands()).isEmpty();
    }

    @Test
    void withoutNftOrWhenItHangsItCannotBeTold() {
        assertThat(finding(withNft().report(), "firewall.rules"))
                .satisfies(found -> assertThat(found.what()).contains("cannot be told", "nft is not installed"))
                .returns(
                        "apt-get install nftables; then nft list ruleset | grep -niE 'flags|invalid'", Finding::remedy);
        assertThat(finding(withNft().command("nft list ruleset", null).report(), "firewall.rules"))
                .satisfies(found -> assertThat(found.what()).contains("failed or took too long"))
                .returns("nft list ruleset | grep -niE 'flags|invalid'", Finding::remedy);
        assertThat(finding(
                                withNft()
                                        .command("nft list ruleset", "")
                                        .file("/proc/net/ip6_tables_names", "filter\n")
                                        .report(),
                                "firewall.rules")
                        .remedy())
                .isEqualTo("apt-get install iptables; then ip6tables-save | grep -niE 'flags|invalid'");
    }

    @Test
    void connectionTrackingIsExplained() {
        FakeMachine machine = new FakeMachine();
        assertThat(finding(machine.report(), "firewall.conntrack").status()).isEqualTo(Status.OK);
        machine.file("/proc/modules", "nf_conntrack 188416 1 nf_nat, Live 0x0\n");
        assertThat(finding(machine.report(), "firewall.conntrack"))
                .returns(Status.NOTE, Finding::status)
                .satisfies(found -> assertThat(found.what()).contains("invalid"));
    }

    private static FakeMachine withNft() {
        return new FakeMachine().root().file("/proc/modules", "nf_tables 300000 5 - Live 0x0\n");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = FirewallTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
