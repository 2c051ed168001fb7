package dev.remora.dpdk.doctor;

import dev.remora.dpdk.doctor.FirewallRules.Suspect;
import dev.remora.dpdk.doctor.Kernel.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What this machine's firewall would do to Homa's packets, which carry SYN and RST at once. They reach and leave DPDK's
 * ports beside these rules; the rules count where the machine forwards: as router, bridge, or host of containers.
 */
final class FirewallCheck {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int MOST_SHOWN = 5;
    private static final String ACCEPT_NFT = "'tcp flags & (syn | rst) == (syn | rst) tcp urgptr 0xb97d accept'";
    private static final String ACCEPT_IPTABLES = "-p tcp --tcp-flags SYN,RST SYN,RST -j ACCEPT";

    private final Host host;
    private final Findings findings;
    private final FirewallRules rules = new FirewallRules();
    private final List<String> unread = new ArrayList<>();

    private FirewallCheck(Host host, Findings findings) {
        this.host = host;
        this.findings = findings;
    }

    static void examine(Host host, Findings findings) {
        FirewallCheck check = new FirewallCheck(host, findings);
        check.tracking();
        if (!host.root()) {
            findings.note(
                    "firewall.rules",
                    "what the firewall does to segments with SYN and RST cannot be told: only root may read its rules",
                    "sudo ./remora doctor, or: sudo nft list ruleset; sudo iptables-save");
            return;
        }
        check.read();
        check.tell();
    }

    private void tracking() {
        boolean there = host.kernel().presence("nf_conntrack").active()
                || host.machine().exists("/proc/sys/net/netfilter/nf_conntrack_count");
        if (!there) {
            findings.ok("firewall.conntrack", "connection tracking (nf_conntrack) is not active");
            return;
        }
        findings.note(
                "firewall.conntrack",
                "the kernel has connection tracking (nf_conntrack): it calls segments with SYN and RST invalid, so they are "
                        + "not translated by NAT, and dropped by rules that drop what is invalid",
                "nothing on an end host; where this machine forwards Homa's packets, accept them before such rules: "
                        + host.sudo() + "nft insert rule FAMILY TABLE CHAIN " + ACCEPT_NFT);
    }

    private void read() {
        boolean legacy =
                legacy("/proc/net/ip_tables_names", "iptables") | legacy("/proc/net/ip6_tables_names", "ip6tables");
        Presence tables = host.kernel().presence("nf_tables");
        // Asking for rules would load nf_tables where it is not loaded; then there are none.
        boolean harmless = tables.active() || !host.kernel().takesModules();
        if (!harmless) {
            if (tables == Presence.UNKNOWN) {
                unread.add("nf_tables seems not to be loaded, so nft was not asked (that could load it)");
            }
        } else if (tables == Presence.ABSENT) {
            return;
        } else if (host.machine().has("nft")) {
            String ruleset = host.machine().run(LIMIT, "nft", "list", "ruleset");
            if (ruleset == null) {
                unread.add("'nft list ruleset' failed or took too long");
            } else {
                rules.nft(ruleset);
            }
        } else if (!legacy && host.machine().has("iptables-save")) {
            save("iptables", "iptables-save");
            save("ip6tables", "ip6tables-save");
        } else {
            unread.add("nft is not installed");
        }
    }

    /** Tables of the older kind are listed by the kernel, and another program prints them. */
    private boolean legacy(String list, String command) {
        if (host.line(list).isEmpty()) {
            return false;
        }
        String program = command + "-legacy-save";
        save(command, host.machine().has(program) ? program : command + "-save");
        return true;
    }

    private void save(String command, String program) {
        String text = host.machine().run(LIMIT, program);
        if (text != null) {
            rules.iptables(command, text);
        } else if (host.machine().has(program)) {
            unread.add("'" + program + "' failed or took too long");
        } else {
            unread.add(program + " is not installed");
        }
    }

    private void tell() {
        int number = 0;
        for (Suspect suspect : rules.suspects()) {
            number++;
            if (number > MOST_SHOWN) {
                break;
            }
            show("firewall.rule-" + number, suspect);
        }
        int more = rules.suspects().size() - MOST_SHOWN;
        if (more > 0) {
            findings.warning(
                    "firewall.more-rules",
                    Numbers.plural(more, "more rule") + " drop segments with SYN and RST",
                    "see them all: " + host.sudo()
                            + "sh -c 'nft list ruleset; iptables-save' | grep -niE 'flags|invalid'");
        }
        if (!rules.closedForwarding().isEmpty()) {
            findings.note(
                    "firewall.forwarding",
                    "what this machine forwards is dropped unless a rule accepts it ("
                            + String.join(", ", rules.closedForwarding())
                            + "); a rule for established connections does not accept Homa's packets",
                    "nothing on an end host; else accept them: "
                            + rules.closedForwarding().stream()
                                    .map(this::accept)
                                    .collect(Collectors.joining("; ")));
        }
        if (!unread.isEmpty()) {
            findings.note(
                    "firewall.rules",
                    "whether rules drop segments with SYN and RST cannot be told"
                            + (rules.count() > 0 ? " for all" : "") + ": " + String.join("; ", unread),
                    host.distribution().install(host.sudo(), "nftables") + "; then " + host.sudo()
                            + "nft list ruleset (look for 'tcp flags' and 'ct state invalid')");
        } else if (rules.suspects().isEmpty()) {
            findings.ok(
                    "firewall.rules",
                    rules.count() == 0
                            ? "no firewall rules"
                            : "none of " + Numbers.plural(rules.count(), "firewall rule")
                                    + " drops segments with SYN and RST");
        }
    }

    private void show(String id, Suspect suspect) {
        String chain = suspect.chain();
        String what =
                "the rule '" + suspect.rule() + "' in " + chain + " drops segments with SYN and RST, as Homa's are";
        if (suspect.local()) {
            findings.note(
                    id,
                    what + "; it sees only what the kernel itself receives or sends",
                    "nothing: DPDK's ports get their packets before it; on a machine that forwards it would matter");
        } else {
            findings.warning(id, what + ", where this machine forwards them", accept(chain));
        }
    }

    private String accept(String chain) {
        if (chain.startsWith("nft ")) {
            return host.sudo() + "nft insert rule " + chain.substring(4) + " " + ACCEPT_NFT;
        }
        int last = chain.lastIndexOf(' ');
        return host.sudo() + chain.substring(0, last) + " -I" + chain.substring(last) + " " + ACCEPT_IPTABLES;
    }
}
