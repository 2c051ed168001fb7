package dev.remora.bench.testbed;

import java.util.ArrayList;
import java.util.List;

/**
 * The commands that make a testbed, as lines for {@code ip -batch} and {@code tc -batch}.
 *
 * <p>A port of the switch sends in strict priority: below one class of HTB with the link's rate there is a leaf per level,
 * whose own rate is next to nothing, so that all of them borrow, the most urgent first. Each leaf is a queue of bytes: the
 * buffer. A level is the upper three bits of DSCP, 7 the most urgent. ARP has level 7: at level 0 the question for an
 * address waited behind a full buffer, and with it the packet that was urgent. What else is not IPv4 has level 0.
 *
 * <p>A host's own interface has the same rate and one queue: what a network card of that rate does. Its room is the
 * kernel's usual one, so that TCP loses nothing inside its own host.
 */
final class Wiring {
    static final String BRIDGE = "br0";
    static final int LEVELS = 8;

    /** Of the class of level 0, in tc's hexadecimal numbers; other levels follow. */
    static final int FIRST_LEAF = 0x10;

    /** Bits of the IP header's third byte below the level. */
    private static final int LEVEL_SHIFT = 5;

    private static final int LEVEL_MASK = 0xe0;

    /**
     * What may leave at once, in bytes, at least: one full frame. With 8000 five frames passed at once, and what is urgent
     * waited for them.
     */
    private static final int MIN_BURST = 1600;

    /** Above a frame's own length. */
    private static final int BURST_MARGIN = 100;

    /**
     * Bytes of burst per Mbit/s: 32 us at the link's rate. A timer that fires so much later, as they do, costs no
     * throughput; at 400 Mbit/s and less it is no more than one frame.
     */
    private static final int BURST_PER_MBPS = 4;

    /** Packets that wait in a host for its own interface: what an interface has when nobody sets it. */
    private static final int NIC_QUEUE = 1000;

    private final TestbedPlan plan;
    private final TestbedTag tag;

    Wiring(TestbedPlan plan, TestbedTag tag) {
        this.plan = plan;
        this.tag = tag;
    }

    /** For ip: the namespaces. */
    List<String> namespaces() {
        List<String> lines = new ArrayList<>();
        lines.add("netns add " + tag.switchName());
        for (TestbedHost host : hosts()) {
            lines.add("netns add " + host.namespace());
        }
        return lines;
    }

    /** For ip in the switch's namespace: bridge, ports and the hosts' interfaces. */
    List<String> switchLinks() {
        List<String> lines = new ArrayList<>();
        lines.add("link add name " + BRIDGE + " type bridge mcast_snooping 0");
        lines.add("link set " + BRIDGE + " mtu " + plan.mtu() + " addrgenmode none");
        for (TestbedHost host : hosts()) {
            lines.add("link add name " + host.port() + ends() + " type veth peer name " + host.interfaceName() + ends()
                    + " netns " + host.namespace());
            lines.add("link set " + host.port() + " addrgenmode none master " + BRIDGE + " up");
        }
        lines.add("link set " + BRIDGE + " up");
        return lines;
    }

    /** For ip in the switch's namespace, at the end: the plan, for who looks at it later. */
    List<String> label() {
        return List.of("link set " + BRIDGE + " alias " + PlanLabel.text(plan));
    }

    /** For tc in the switch's namespace: rate, buffers and priorities of every port. */
    List<String> switchQueues() {
        List<String> lines = new ArrayList<>();
        for (TestbedHost host : hosts()) {
            String dev = " dev " + host.port();
            lines.add("qdisc add" + dev + " root handle 1: htb default " + Integer.toHexString(FIRST_LEAF));
            lines.add("class add" + dev + " parent 1: classid 1:1 htb rate " + rate() + limits());
            for (int level = 0; level < LEVELS; level++) {
                String leaf = Integer.toHexString(FIRST_LEAF + level);
                lines.add("class add" + dev + " parent 1:1 classid 1:" + leaf + " htb rate 8kbit" + limits() + " prio "
                        + (LEVELS - 1 - level));
                lines.add("qdisc add" + dev + " parent 1:" + leaf + " handle " + leaf + ": bfifo limit "
                        + plan.bufferBytes());
                lines.add("filter add" + dev + " parent 1: protocol ip prio 1 u32 match ip tos "
                        + (level << LEVEL_SHIFT) + " 0x" + Integer.toHexString(LEVEL_MASK) + " flowid 1:" + leaf);
            }
            lines.add("filter add" + dev + " parent 1: protocol arp prio 2 u32 match u32 0 0 flowid 1:"
                    + Integer.toHexString(FIRST_LEAF + LEVELS - 1));
        }
        return lines;
    }

    /** For ip in a host's namespace. The route says which congestion control TCP has on it; there is none to the outside. */
    List<String> hostLinks(TestbedHost host) {
        String dev = " dev " + host.interfaceName();
        return List.of(
                "link set lo up",
                "link set " + host.interfaceName() + " addrgenmode none",
                "address add " + host.address() + "/" + TestbedHost.PREFIX_BITS + dev,
                "link set " + host.interfaceName() + " up",
                "route replace " + TestbedHost.NETWORK + dev + " src " + host.address() + " congctl "
                        + plan.congestionControl());
    }

    /** For tc in a host's namespace: the rate of its interface. */
    List<String> hostQueues(TestbedHost host) {
        String dev = " dev " + host.interfaceName();
        String leaf = Integer.toHexString(FIRST_LEAF);
        return List.of(
                "qdisc add" + dev + " root handle 1: htb default " + leaf,
                "class add" + dev + " parent 1: classid 1:" + leaf + " htb rate " + rate() + limits(),
                "qdisc add" + dev + " parent 1:" + leaf + " handle " + leaf + ": pfifo limit " + NIC_QUEUE);
    }

    List<TestbedHost> hosts() {
        List<TestbedHost> hosts = new ArrayList<>();
        for (int i = 0; i < plan.hosts(); i++) {
            hosts.add(TestbedHost.of(tag, i));
        }
        return hosts;
    }

    /**
     * Of both ends of a link. TCP makes its packets as long as the number of segments allows; what a packet socket hands over to be
     * cut is measured by its length, as nobody has counted its segments, and cut in the sender's interface. Switching TSO off would
     * not be enough: TCP then still hands packets of many segments to the queues, and they are cut behind them.
     */
    private String ends() {
        String ends = " mtu " + plan.mtu() + " numtxqueues 1 numrxqueues 1";
        return plan.offloads() ? ends : ends + " gso_max_size " + (frameBytes() + 1) + " gso_max_segs 1";
    }

    private int frameBytes() {
        return plan.mtu() + TestbedPlan.ETHERNET_BYTES;
    }

    private String rate() {
        return plan.linkMbps() + "mbit";
    }

    private String limits() {
        int burst = burstBytes(plan);
        return " ceil " + rate() + " burst " + burst + " cburst " + burst + " quantum " + frameBytes();
    }

    /** What may leave a link at once. */
    static int burstBytes(TestbedPlan plan) {
        return Math.max(Math.max(MIN_BURST, plan.mtu() + BURST_MARGIN), plan.linkMbps() * BURST_PER_MBPS);
    }
}
