package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds, in what {@code nft list ruleset} and {@code iptables-save} print, the rules that drop segments with SYN and RST: by
 * their flags, or because connection tracking calls them invalid. A rule is judged by these two conditions; others in it
 * (addresses, ports) may spare Homa's packets. Behind a rule that accepts all such segments the rest of a chain does not
 * count.
 */
final class FirewallRules {
    /**
     * A rule that drops such segments.
     *
     * @param chain with the tool, family and table
     * @param local whether it sees only what the kernel itself receives or sends, which DPDK's packets never pass
     */
    record Suspect(String chain, String rule, boolean local) {}

    private static final Pattern TABLE = Pattern.compile("^table (\\S+ \\S+) \\{");
    private static final Pattern CHAIN = Pattern.compile("^chain (\\S+) \\{");
    private static final Pattern BASE = Pattern.compile("^type \\S+ hook (\\S+) .*");
    private static final Pattern FLAGS = Pattern.compile("tcp flags (.*)");
    private static final Pattern STATE = Pattern.compile("ct state (vmap )?(!= )?(\\{[^}]*}|[\\w,]+)");
    private static final Pattern DROPS = Pattern.compile("\\b(drop|reject)\\b");
    private static final Pattern OTHER_PROTOCOL = Pattern.compile("\\b(udp|icmp|icmpv6|ipv6-icmp|sctp|igmp)\\b");
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern REJECTED_WITH = Pattern.compile("reject with .*");
    private static final Pattern NFT_ACCEPTS = Pattern.compile(
            "tcp flags (fin|syn|rst|psh|ack|urg|ecn|cwr|0x[0-9a-f]+|[,|&()=!/ ])+(tcp urgptr (47485|0xb97d) )?(counter packets \\d+ bytes \\d+ )?accept( comment \"\")?");
    private static final Pattern IPTABLES_ACCEPTS =
            Pattern.compile("-p tcp (-m tcp )?--tcp-flags \\S+ \\S+ (-m comment --comment \\S+ )?-j ACCEPT");
    private static final Pattern IPTABLES_PROTOCOL = Pattern.compile("(?<!! )-p (?!tcp\\b|all\\b)");
    private static final Pattern APPENDED = Pattern.compile("^-A (\\S+) (.*)");
    private static final Pattern POLICY = Pattern.compile("^:(\\S+) (\\S+).*");
    private static final Pattern IPTABLES_STATE = Pattern.compile("(! )?--(?:ct)?state (\\S+)");

    private final List<Suspect> suspects = new ArrayList<>();
    private final Set<String> closedForwarding = new LinkedHashSet<>();

    /** Chains in which such segments were accepted already. */
    private final Set<String> open = new HashSet<>();

    private int rules;

    /** Rules that drop, in the order of the rule set. */
    List<Suspect> suspects() {
        return suspects;
    }

    /** Chains that drop what is forwarded unless a rule accepts it. */
    List<String> closedForwarding() {
        return closedForwarding.stream().filter(chain -> !open.contains(chain)).toList();
    }

    /** Rules that were read. */
    int count() {
        return rules;
    }

    /** Reads what {@code nft list ruleset} prints. */
    void nft(String ruleset) {
        String table = "";
        String chain = "";
        String hook = "";
        StringBuilder rule = new StringBuilder();
        for (String each : ruleset.split("\n")) {
            String line = each.strip();
            Matcher tableBegins = TABLE.matcher(line);
            Matcher chainBegins = CHAIN.matcher(line);
            if (tableBegins.find()) {
                table = tableBegins.group(1);
                chain = "";
            } else if (chainBegins.find()) {
                chain = chainBegins.group(1);
                hook = "";
            } else if (!chain.isEmpty() && !line.isEmpty() && !line.startsWith("#")) {
                if (rule.isEmpty() && line.equals("}")) {
                    chain = "";
                    continue;
                }
                // Long sets are printed over several lines.
                rule.append(rule.isEmpty() ? "" : " ").append(line);
                String whole = rule.toString();
                String bare = QUOTED.matcher(whole).replaceAll("");
                if (count(bare, '{') > count(bare, '}')) {
                    continue;
                }
                rule.setLength(0);
                Matcher base = BASE.matcher(whole);
                if (base.matches()) {
                    hook = base.group(1);
                    if (hook.equals("forward") && whole.contains("policy drop")) {
                        closedForwarding.add("nft " + table + " " + chain);
                    }
                } else {
                    nftRule("nft " + table + " " + chain, local(hook, chain), whole);
                }
            }
        }
    }

    private void nftRule(String chain, boolean local, String rule) {
        rules++;
        String bare =
                REJECTED_WITH.matcher(QUOTED.matcher(rule).replaceAll("\"\"")).replaceAll("reject");
        if (open.contains(chain) || OTHER_PROTOCOL.matcher(bare).find()) {
            return;
        }
        Matcher state = STATE.matcher(bare);
        Matcher flags = FLAGS.matcher(bare);
        boolean hasState = state.find();
        boolean hasFlags = flags.find();
        boolean drops = DROPS.matcher(bare).find();
        if (NFT_ACCEPTS.matcher(bare).matches() && hasFlags && Boolean.TRUE.equals(TcpFlags.nft(flags.group(1)))) {
            open.add(chain);
            return;
        }
        if (!drops || (!hasState && !hasFlags)) {
            return;
        }
        if (hasState && state.group(1) != null) {
            if (!state.group(3).matches(".*\\binvalid\\s*:\\s*drop\\b.*")) {
                return;
            }
        } else if (hasState && state.group(3).contains("invalid") == (state.group(2) != null)) {
            return;
        }
        // A condition that is not understood is shown rather than passed over.
        Boolean matches = hasFlags ? TcpFlags.nft(flags.group(1).strip()) : Boolean.TRUE;
        if (matches == null || matches) {
            suspects.add(new Suspect(chain, rule, local));
        }
    }

    /**
     * Reads what {@code iptables-save} prints.
     *
     * @param command {@code iptables} or {@code ip6tables}
     */
    void iptables(String command, String rules) {
        String table = "filter";
        for (String each : rules.split("\n")) {
            String line = each.strip();
            Matcher policy = POLICY.matcher(line);
            Matcher appended = APPENDED.matcher(line);
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if (policy.matches()) {
                if (policy.group(1).equals("FORWARD") && policy.group(2).equals("DROP")) {
                    closedForwarding.add(command + " -t " + table + " FORWARD");
                }
            } else if (appended.matches()) {
                this.rules++;
                String rule = QUOTED.matcher(appended.group(2)).replaceAll("\"\"");
                String chain = command + " -t " + table + " " + appended.group(1);
                if (IPTABLES_ACCEPTS.matcher(rule).matches() && Boolean.TRUE.equals(TcpFlags.iptables(rule))) {
                    open.add(chain);
                } else if (!open.contains(chain) && drops(rule)) {
                    suspects.add(new Suspect(chain, line, local("", appended.group(1))));
                }
            }
        }
    }

    private static boolean drops(String rule) {
        if (!rule.matches(".*-j (DROP|REJECT|TARPIT)\\b.*")
                || IPTABLES_PROTOCOL.matcher(rule).find()) {
            return false;
        }
        Boolean flags = TcpFlags.iptables(rule);
        Boolean state = state(rule);
        return (flags != null || state != null) && !Boolean.FALSE.equals(flags) && !Boolean.FALSE.equals(state);
    }

    /** Whether a rule's condition on the connection holds for an invalid packet; null if it has none. */
    private static @Nullable Boolean state(String rule) {
        Matcher state = IPTABLES_STATE.matcher(rule);
        return state.find() ? state.group(2).contains("INVALID") == (state.group(1) == null) : null;
    }

    /** By its hook, else by its name: firewalls call the chains they jump to after where they jump from. */
    private static boolean local(String hook, String chain) {
        String where = hook.isEmpty() ? chain.toLowerCase(Locale.ROOT) : hook;
        return where.contains("input") || where.contains("output");
    }

    private static long count(String text, char character) {
        return text.chars().filter(each -> each == character).count();
    }
}
