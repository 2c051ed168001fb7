package dev.remora.bench.testbed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes about testbeds, for people and for programs. */
final class StatusText {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StatusText() {}

    static void hosts(PrintWriter out, List<TestbedHost> hosts) {
        out.printf("%-6s %-12s %-9s %s%n", "host", "address", "interface", "namespace");
        for (TestbedHost host : hosts) {
            out.printf("%-6s %-12s %-9s %s%n", host.name(), host.address(), host.interfaceName(), host.namespace());
        }
    }

    static void table(PrintWriter out, List<TestbedStatus> found) {
        if (found.isEmpty()) {
            out.println("there is no testbed on this machine; to make one: ./remora testbed up");
        }
        for (TestbedStatus status : found) {
            StandingTestbed testbed = status.testbed();
            out.println(name(testbed) + ": "
                    + testbed.plan().map(TestbedPlan::toString).orElse("not complete"));
            if (status.ports().isEmpty()) {
                continue;
            }
            out.printf(
                    "%-6s %-12s %14s %12s %10s %14s %16s%n",
                    "host", "address", "to it, bytes", "packets", "dropped", "waiting, bytes", "TCP sent again");
            for (TestbedHost host : testbed.hosts()) {
                PortCounters port = status.ports().get(host.index());
                out.printf(
                        "%-6s %-12s %14d %12d %10d %14d %16d%n",
                        host.name(),
                        host.address(),
                        port.sentBytes(),
                        port.sentPackets(),
                        port.drops(),
                        port.backlogBytes(),
                        status.retransmissions().get(host.index()));
            }
        }
    }

    /** Fixed field names; counters of levels that were never used are left out. */
    static String json(List<TestbedStatus> found) {
        ObjectNode root = MAPPER.createObjectNode();
        ArrayNode testbeds = root.putArray("testbeds");
        found.forEach(status -> put(testbeds.addObject(), status));
        return root.toPrettyString() + "\n";
    }

    private static void put(ObjectNode node, TestbedStatus status) {
        StandingTestbed testbed = status.testbed();
        node.put("name", testbed.tag().prefix());
        node.put("state", testbed.state().name().toLowerCase(Locale.ROOT));
        node.put("ownerPid", testbed.tag().pid());
        testbed.plan()
                .ifPresent(plan -> node.putObject("plan")
                        .put("hosts", plan.hosts())
                        .put("linkMbps", plan.linkMbps())
                        .put("bufferBytes", plan.bufferBytes())
                        .put("mtu", plan.mtu())
                        .put("congestionControl", plan.congestionControl())
                        .put("offloads", plan.offloads()));
        ArrayNode hosts = node.putArray("hosts");
        if (status.ports().isEmpty()) {
            return;
        }
        for (TestbedHost host : testbed.hosts()) {
            PortCounters port = status.ports().get(host.index());
            ObjectNode each = hosts.addObject()
                    .put("name", host.name())
                    .put("namespace", host.namespace())
                    .put("address", host.address())
                    .put("interface", host.interfaceName())
                    .put("tcpRetransmissions", status.retransmissions().get(host.index()));
            ObjectNode counters = each.putObject("port")
                    .put("sentBytes", port.sentBytes())
                    .put("sentPackets", port.sentPackets())
                    .put("drops", port.drops())
                    .put("backlogBytes", port.backlogBytes())
                    .put("backlogPackets", port.backlogPackets());
            ArrayNode levels = counters.putArray("levels");
            port.levels().stream()
                    .filter(level -> level.sentPackets() + level.drops() + level.backlogPackets() > 0)
                    .forEach(level -> levels.addObject()
                            .put("level", level.level())
                            .put("sentBytes", level.sentBytes())
                            .put("sentPackets", level.sentPackets())
                            .put("drops", level.drops())
                            .put("backlogBytes", level.backlogBytes())
                            .put("backlogPackets", level.backlogPackets()));
        }
    }

    /** Its name and whose it is. */
    static String name(StandingTestbed testbed) {
        return testbed.tag().prefix()
                + switch (testbed.state()) {
                    case STANDING -> "";
                    case OWNED -> " (of process " + testbed.tag().pid() + ")";
                    case LEFTOVER -> " (left behind by process " + testbed.tag().pid() + ")";
                };
    }
}
