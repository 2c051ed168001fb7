package dev.remora.bench.testbed;

import java.util.ArrayList;
import java.util.List;

/**
 * A testbed and its counters at one moment.
 *
 * @param testbed which
 * @param ports of its switch, by host; empty for one that is not complete
 * @param retransmissions of TCP, by host
 */
record TestbedStatus(StandingTestbed testbed, List<PortCounters> ports, List<Long> retransmissions) {
    TestbedStatus {
        ports = List.copyOf(ports);
        retransmissions = List.copyOf(retransmissions);
    }

    static TestbedStatus read(StandingTestbed testbed) {
        if (testbed.plan().isEmpty()) {
            return new TestbedStatus(testbed, List.of(), List.of());
        }
        try {
            List<Long> retransmissions = new ArrayList<>();
            for (TestbedHost host : testbed.hosts()) {
                retransmissions.add(TcpReading.retransmissions(host.namespace()));
            }
            return new TestbedStatus(testbed, testbed.ports(), retransmissions);
        } catch (TestbedException e) {
            if (Namespaces.of(testbed.tag()).equals(testbed.namespaces())) {
                throw e;
            }
            // Its owner removes it just now.
            return new TestbedStatus(testbed, List.of(), List.of());
        }
    }
}
