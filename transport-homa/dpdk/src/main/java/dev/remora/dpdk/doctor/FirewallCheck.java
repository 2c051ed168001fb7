package dev.remora.dpdk.doctor;

import dev.remora.dpdk.doctor.FirewallRules.Suspect;
import dev.remora.dpdk.doctor.Kernel.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What this machine's firewall would do to Homa's packets, which carry SYN and RST at once. They reach and leave DPDK's
 * ports beside these rules; the rules count where the machine forwards: as router, bridge, or host of containers.
 */
final class FirewallCheck {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int MOST_CHAINS = 6;
    private static final int MOST_RULES = 3;
    private static final String ACCEPT_NFT = "'tcp flags & (syn | rst) == (syn | rst) tcp urgptr 0xb97d accept'";
    private static final String ACCEPT_IPTABLES = "-p tcp --tcp-flags SYN,RST SYN,RST -j ACCEPT";

    private final Host host;
    private final Findings findings;
    private final FirewallRules rules = new FirewallRules();
    private final List<String> unread = new ArrayList<>();
    private final List<String> waysToSee = new ArrayList<>();

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
                cannotTell(
                        "nf_tables seems not to be loaded, so nft was not asked (that could load it)",
                        look("nft list ruleset"));
            }
        } else if (tables == Presence.ABSENT) {
            return;
        } else if (host.machine().has("nft")) {
            String ruleset = host.machine().run(LIMIT, "nft", "list", "ruleset");
            if (ruleset == null) {
                cannotTell("'nft list ruleset' failed or took too long", look("nft list ruleset"));
            } else {
                rules.nft(ruleset);
            }
        } else if (!legacy && host.machine().has("iptables-save")) {
            save("iptables", "iptables-save");
            save("ip6tables", "ip6tables-save");
        } else {
            cannotTell(
                    "nft is not installed",
                    host.distribution().install(host.sudo(), "nftables") + "; then " + look("nft list ruleset"));
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
            cannotTell("'" + program + "' failed or took too long", look(program));
        } else {
            cannotTell(
                    program + " is not installed",
                    host.distribution().install(host.sudo(), "iptables") + "; then " + look(program));
        }
    }

    private void cannotTell(String why, String wayToSee) {
        unread.add(why);
        waysToSee.add(wayToSee);
    }

    private String look(String command) {
        return host.sudo() + command + " | grep -niE 'flags|invalid'";
    }

    private void tell() {
        boolean forwards = forwards();
        Map<String, List<Suspect>> chains = new LinkedHashMap<>();
        // what matters first: the number of chains shown is limited
        rules.suspects().stream()
                .sorted(Comparator.comparing(Suspect::local))
                .forEach(suspect -> chains.computeIfAbsent(suspect.chain(), chain -> new ArrayList<>())
                        .add(suspect));
        int number = 0;
        for (Map.Entry<String, List<Suspect>> chain : chains.entrySet()) {
            number++;
            if (number > MOST_CHAINS) {
                break;
            }
            show("firewall.chain-" + number, chain.getKey(), chain.getValue(), forwards);
        }
        int more = chains.size() - MOST_CHAINS;
        if (more > 0) {
            findings.note(
                    "firewall.more",
                    Numbers.plural(more, "more chain") + " with rules that drop segments with SYN and RST",
                    "see them all: " + host.sudo()
                            + "sh -c 'nft list ruleset; iptables-save' | grep -niE 'flags|invalid'");
        }
        List<String> closed = rules.closedForwarding().stream()
                .filter(chain -> forwards && !chains.containsKey(chain))
                .toList();
        if (!closed.isEmpty()) {
            findings.note(
                    "firewall.forwarding",
                    "what this machine forwards is dropped unless a rule accepts it (" + String.join(", ", closed)
                            + "); a rule for established connections does not accept Homa's packets",
                    "if it is to forward them: "
                            + closed.stream().map(this::accept).collect(Collectors.joining("; ")));
        }
        if (!unread.isEmpty()) {
            findings.note(
                    "firewall.rules",
                    "whether rules drop segments with SYN and RST cannot be told"
                            + (rules.count() > 0 ? " for all" : "") + ": " + String.join("; ", unread),
                    String.join("; ", waysToSee));
        } else if (rules.suspects().isEmpty()) {
            findings.ok(
                    "firewall.rules",
                    rules.count() == 0
                            ? "no firewall rules"
                            : "none of " + Numbers.plural(rules.count(), "firewall rule")
                                    + " drops segments with SYN and RST");
        }
    }

    private void show(String id, String chain, List<Suspect> suspects, boolean forwards) {
        int more = suspects.size() - MOST_RULES;
        String what = chain + " drops segments with SYN and RST, as Homa's are: "
                + suspects.stream()
                        .limit(MOST_RULES)
                        .map(Suspect::rule)
                        .collect(Collectors.joining("' and '", "'", "'"))
                + (more > 0 ? " and " + more + " more" : "");
        if (suspects.getFirst().local()) {
            findings.note(
                    id,
                    what + "; it sees only what the kernel itself receives or sends",
                    "nothing: DPDK's ports get and send their packets beside it");
        } else if (forwards) {
            findings.warning(id, what + "; this machine forwards packets", accept(chain));
        } else {
            findings.note(
                    id,
                    what + "; this machine forwards no packets",
                    "nothing, unless it is to forward them: " + accept(chain));
        }
    }

    /** Whether it is a router or has a bridge. */
    private boolean forwards() {
        return host.number("/proc/sys/net/ipv4/ip_forward", 0) != 0
                || host.number("/proc/sys/net/ipv6/conf/all/forwarding", 0) != 0
                || host.machine().list("/sys/class/net").stream()
                        .anyMatch(name -> host.machine().exists("/sys/class/net/" + name + "/bridge"));
    }

    private String accept(String chain) {
        if (chain.startsWith("nft ")) {
            return host.sudo() + "nft insert rule " + chain.substring(4) + " " + ACCEPT_NFT;
        }
        int last = chain.lastIndexOf(' ');
        return host.sudo() + chain.substring(0, last) + " -I" + chain.substring(last) + " " + ACCEPT_IPTABLES;
    }
}
