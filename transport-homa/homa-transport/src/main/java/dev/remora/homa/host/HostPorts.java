package dev.remora.homa.host;

import dev.remora.homa.link.FrameCapabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ports of a network, one for each engine. Between two transports there are as many queues as the one with fewer engines
 * has; queue <i>i</i> of one end is fed by queue <i>i</i> of the other, so who sends chooses the engine that receives, and
 * answers come back the same way. Where a peer has fewer engines than we, ours are used in turn from peer to peer. For any
 * thread.
 */
final class HostPorts {
    /** Not more queues between two transports: DPDK 22.11 has no more. */
    static final int MAX_QUEUES = 8;

    private final List<HostPort> ports = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    HostPorts(int count, FrameCapabilities capabilities, Bells bells) {
        for (int i = 0; i < count; i++) {
            ports.add(new HostPort(capabilities, bells.of(i)));
        }
    }

    /** One for each engine. */
    List<HostPort> all() {
        return ports;
    }

    HostPort get(int engine) {
        return ports.get(engine);
    }

    /** Queues between us and another transport at most. */
    int queues() {
        return Math.min(ports.size(), MAX_QUEUES);
    }

    /**
     * Numbers of the ports for the queues of a device, all different. Each time they begin with another, as the peer may use but the
     * first of them.
     */
    int[] choose(int queues) {
        int first = next.getAndIncrement();
        int[] chosen = new int[queues];
        for (int i = 0; i < queues; i++) {
            chosen[i] = Math.floorMod(first + i, ports.size());
        }
        return chosen;
    }

    /** Sees to the changes of ports that nobody owns, or the calling thread does. */
    void seeToChanges() {
        ports.forEach(HostPort::seeToChanges);
    }
}
