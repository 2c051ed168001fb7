package dev.remora.dpdk.doctor;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a condition on TCP flags, as nft and iptables write it, holds for a segment with SYN and RST and no other flag:
 * what Homa's packets look like to a firewall.
 */
final class TcpFlags {
    private static final List<String> NAMES = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr");
    private static final int SYN_RST = 0x06;
    private static final String VALUE = "\\(?\\s*([a-z0-9]+(?:\\s*[|,]\\s*[a-z0-9]+)*)\\s*\\)?";
    private static final Pattern MASKED = Pattern.compile("^&\\s*" + VALUE + "\\s*(==|!=)\\s*" + VALUE);
    private static final Pattern SLASHED = Pattern.compile("^(!=?|==)?\\s*" + VALUE + "\\s*/\\s*" + VALUE);
    private static final Pattern EXACT = Pattern.compile("^(==|!=)\\s*" + VALUE);
    private static final Pattern SET = Pattern.compile("^(!=)?\\s*\\{([^}]*)\\}");
    private static final Pattern VMAP = Pattern.compile("^vmap\\s*\\{([^}]*)\\}");
    private static final Pattern NONE_OF = Pattern.compile("^!\\s*" + VALUE);
    private static final Pattern ANY_OF = Pattern.compile("^" + VALUE);
    private static final Pattern IPTABLES = Pattern.compile("(! )?--tcp-flags (\\S+) (\\S+)");

    private TcpFlags() {}

    /**
     * What follows {@code tcp flags} in nft's output.
     *
     * @return null if it is written in a way that is not understood
     */
    static @Nullable Boolean nft(String condition) {
        Matcher masked = MASKED.matcher(condition);
        if (masked.find()) {
            return compare(SYN_RST & bits(masked.group(1)), masked.group(2), bits(masked.group(3)));
        }
        Matcher slashed = SLASHED.matcher(condition);
        if (slashed.find()) {
            String operator = slashed.group(1);
            int mask = bits(slashed.group(3));
            return compare(
                    SYN_RST & mask, operator != null && operator.startsWith("!") ? "!=" : "==", bits(slashed.group(2)));
        }
        Matcher exact = EXACT.matcher(condition);
        if (exact.find()) {
            return compare(SYN_RST, exact.group(1), bits(exact.group(2)));
        }
        Matcher set = SET.matcher(condition);
        if (set.find()) {
            boolean in = false;
            for (String element : set.group(2).split(",")) {
                int bits = bits(element.strip());
                if (bits < 0) {
                    return null;
                }
                in |= bits == SYN_RST;
            }
            return in == (set.group(1) == null);
        }
        Matcher verdicts = VMAP.matcher(condition);
        if (verdicts.find()) {
            return dropsSynRst(verdicts.group(1));
        }
        Matcher none = NONE_OF.matcher(condition);
        if (none.find()) {
            int bits = bits(none.group(1));
            return bits < 0 ? null : (SYN_RST & bits) == 0;
        }
        Matcher any = ANY_OF.matcher(condition);
        if (any.find()) {
            int bits = bits(any.group(1));
            return bits < 0 ? null : (SYN_RST & bits) != 0;
        }
        return null;
    }

    /**
     * A rule of iptables.
     *
     * @return null if it says nothing about flags
     */
    static @Nullable Boolean iptables(String rule) {
        Matcher flags = IPTABLES.matcher(rule);
        if (!flags.find()) {
            return null;
        }
        int mask = bits(flags.group(2).toLowerCase(Locale.ROOT));
        int wanted = bits(flags.group(3).toLowerCase(Locale.ROOT));
        return (SYN_RST & mask) == wanted == (flags.group(1) == null);
    }

    /** Whether a map from flags to verdicts drops what has these two. */
    private static boolean dropsSynRst(String map) {
        for (String element : map.split(",")) {
            int colon = element.indexOf(':');
            if (colon > 0
                    && element.substring(colon + 1).strip().equals("drop")
                    && bits(element.substring(0, colon)) == SYN_RST) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Boolean compare(int value, String operator, int wanted) {
        return wanted < 0 || value < 0 ? null : value == wanted == operator.equals("==");
    }

    /** The bits that a list of names stands for; -1 if a name is unknown. */
    private static int bits(String list) {
        int bits = 0;
        for (String word : list.split("[|,\\s()]+")) {
            int bit = NAMES.indexOf(word.equals("ece") ? "ecn" : word);
            if (bit >= 0) {
                bits |= 1 << bit;
            } else if (word.equals("all")) {
                bits |= 0x3f;
            } else if (word.startsWith("0x")) {
                try {
                    bits |= Integer.parseInt(word.substring(2), 16);
                } catch (NumberFormatException e) {
                    return -1;
                }
            } else if (!word.equals("none") && !word.equals("0") && !word.isEmpty()) {
                return -1;
            }
        }
        return bits;
    }
}
