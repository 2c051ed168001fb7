package dev.remora.bench.testbed;

import java.util.List;

/** Reads what TCP counts in a namespace. */
final class TcpReading {
    private static final String FIRST_WORD = "Tcp:";

    private TcpReading() {}

    static long retransmissions(String namespace) {
        return value(
                SystemCommand.run(List.of("ip", "netns", "exec", namespace, "cat", "/proc/net/snmp")), "RetransSegs");
    }

    /** A counter in the text of /proc/net/snmp: a line of names, then one of values. */
    static long value(String snmp, String name) {
        List<String> names = List.of();
        for (String line :
                snmp.lines().filter(each -> each.startsWith(FIRST_WORD)).toList()) {
            List<String> words = List.of(line.split(" +", -1));
            int at = names.indexOf(name);
            if (at >= 0 && at < words.size()) {
                return Long.parseLong(words.get(at));
            }
            names = words;
        }
        throw new TestbedException("/proc/net/snmp has no " + name + " of TCP", "a testbed needs Linux with TCP");
    }
}
