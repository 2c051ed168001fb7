package dev.remora.bench.ab.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the kernel counts of the TCP of the calling thread's network namespace. */
final class TcpSegments {
    private static final Path SNMP = Path.of("/proc/thread-self/net/snmp");

    private TcpSegments() {}

    /** Segments sent again, by all sockets of the namespace; 0 where the kernel does not tell. */
    static long retransmitted() {
        try {
            return Files.isReadable(SNMP) ? parse(Files.readAllLines(SNMP)) : 0;
        } catch (IOException e) {
            throw new IllegalStateException(SNMP + " cannot be read", e);
        }
    }

    /** The file has a line of names and one of values for each protocol. */
    static long parse(List<String> lines) {
        List<List<String>> tcp = lines.stream()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> Arrays.asList(line.strip().split("\\s+")))
                .toList();
        int at = tcp.size() < 2 ? -1 : tcp.get(0).indexOf("RetransSegs");
        return at < 0 ? 0 : Long.parseLong(tcp.get(1).get(at));
    }
}
