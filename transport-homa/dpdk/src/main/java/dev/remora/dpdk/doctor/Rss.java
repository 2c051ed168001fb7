package dev.remora.dpdk.doctor;

import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a card spreads flows over its queues, as {@code ethtool -x} prints it.
 *
 * @param rings queues it has
 * @param entries of the redirection table
 * @param queuesUsed different queues in that table
 * @param key in hexadecimal; empty if it is not told
 */
record Rss(int rings, int entries, int queuesUsed, String key) {
    private static final Pattern RINGS = Pattern.compile("with (\\d+) RX ring");
    private static final Pattern ROW = Pattern.compile("(?m)^\\s*\\d+:((?:\\s+\\d+)+)\\s*$");
    private static final Pattern KEY = Pattern.compile("(?m)^RSS hash key:\\s*\\n\\s*((?:[0-9a-f]{2}:)+[0-9a-f]{2})");

    static @Nullable Rss parse(String text) {
        Matcher rings = RINGS.matcher(text);
        if (!rings.find()) {
            return null;
        }
        TreeSet<String> queues = new TreeSet<>();
        int entries = 0;
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            for (String queue : row.group(1).strip().split("\\s+")) {
                queues.add(queue);
                entries++;
            }
        }
        Matcher key = KEY.matcher(text);
        return new Rss((int) Numbers.number(rings.group(1), 0), entries, queues.size(), key.find() ? key.group(1) : "");
    }
}
