package dev.remora.bench.testbed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the counters of queues as {@code tc} prints them. */
final class QueueReading {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private QueueReading() {}

    /** Of the first so many ports of a switch. */
    static List<PortCounters> ports(String switchName, int count) {
        JsonNode queues = queues(switchName);
        List<PortCounters> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(of(queues, "p" + i, i, switchName));
        }
        return ports;
    }

    /** Of a host's interface. */
    static PortCounters nic(TestbedHost host) {
        return of(queues(host.namespace()), host.interfaceName(), host.index(), host.namespace());
    }

    private static JsonNode queues(String namespace) {
        String said = SystemCommand.run(List.of("tc", "-n", namespace, "-s", "-j", "qdisc", "show"));
        try {
            return MAPPER.readTree(said);
        } catch (JsonProcessingException e) {
            throw new TestbedException(
                    "tc printed no JSON in " + namespace, "install iproute2 5.0 or newer; yours: tc -V", e);
        }
    }

    /** Package-private for its test. */
    static PortCounters of(JsonNode queues, String interfaceName, int host, String namespace) {
        List<PortCounters.Level> levels = new ArrayList<>();
        JsonNode root = null;
        for (JsonNode queue : queues) {
            if (!queue.path("dev").asText().equals(interfaceName)) {
                continue;
            }
            if (queue.path("root").asBoolean() && queue.path("kind").asText().equals("htb")) {
                root = queue;
            } else if (queue.path("parent").asText().startsWith("1:")) {
                levels.add(level(queue));
            }
        }
        if (root == null) {
            throw new TestbedException(
                    "interface " + interfaceName + " of " + namespace + " has lost its queues",
                    "remove the testbed and make it again: ./remora testbed down");
        }
        levels.sort(Comparator.comparingInt(PortCounters.Level::level));
        return new PortCounters(
                host,
                root.path("bytes").asLong(),
                root.path("packets").asLong(),
                levels.stream().mapToLong(PortCounters.Level::drops).sum(),
                root.path("backlog").asLong(),
                root.path("qlen").asLong(),
                levels);
    }

    private static PortCounters.Level level(JsonNode queue) {
        int leaf = Integer.parseInt(queue.path("parent").asText().substring("1:".length()), 16);
        return new PortCounters.Level(
                leaf - Wiring.FIRST_LEAF,
                queue.path("bytes").asLong(),
                queue.path("packets").asLong(),
                queue.path("drops").asLong(),
                queue.path("backlog").asLong(),
                queue.path("qlen").asLong());
    }
}
