package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WiringTest {
    private final TestbedTag tag = TestbedTag.of(new RunningProcess(4711, 36), 2);
    private final TestbedPlan plan = new TestbedPlan(2, 200, 128_000, 1500, "cubic");
    private final Wiring wiring = new Wiring(plan, tag);

    /** The recipe with which an urgent packet waited for one other at most, on a link loaded with 115 %. */
    @Test
    void portsSendInStrictPriority() {
        assertThat(wiring.switchQueues())
                .hasSize(2 * (2 + 3 * 8 + 1))
                .startsWith(
                        "qdisc add dev p0 root handle 1: htb default 10",
                        "class add dev p0 parent 1: classid 1:1 htb rate 200mbit ceil 200mbit burst 1600 cburst 1600 quantum 1514",
                        "class add dev p0 parent 1:1 classid 1:10 htb rate 8kbit ceil 200mbit burst 1600 cburst 1600 quantum 1514 prio 7",
                        "qdisc add dev p0 parent 1:10 handle 10: bfifo limit 128000",
                        "filter add dev p0 parent 1: protocol ip prio 1 u32 match ip tos 0 0xe0 flowid 1:10")
                .endsWith(
                        "class add dev p1 parent 1:1 classid 1:17 htb rate 8kbit ceil 200mbit burst 1600 cburst 1600 quantum 1514 prio 0",
                        "qdisc add dev p1 parent 1:17 handle 17: bfifo limit 128000",
                        "filter add dev p1 parent 1: protocol ip prio 1 u32 match ip tos 224 0xe0 flowid 1:17",
                        "filter add dev p1 parent 1: protocol arp prio 2 u32 match u32 0 0 flowid 1:17");
    }

    @Test
    void everythingIsInNamespacesOfItsOwn() {
        assertThat(wiring.namespaces())
                .containsExactly(
                        "netns add remora-4711-10x2-switch",
                        "netns add remora-4711-10x2-h0",
                        "netns add remora-4711-10x2-h1");
        assertThat(wiring.hostLinks(wiring.hosts().get(1)))
                .contains(
                        "address add 10.77.0.2/24 dev eth0",
                        "route replace 10.77.0.0/24 dev eth0 src 10.77.0.2 congctl cubic")
                .noneMatch(line -> line.contains("default"));
    }

    @Test
    void offloadsAreOffUnlessAskedFor() {
        String link = "link add name p1 mtu 1500 numtxqueues 1 numrxqueues 1";
        assertThat(wiring.switchLinks())
                .contains(link
                        + " gso_max_size 1515 gso_max_segs 1 type veth peer name eth0 mtu 1500 numtxqueues 1 numrxqueues 1"
                        + " gso_max_size 1515 gso_max_segs 1"
                        + " netns remora-4711-10x2-h1");
        assertThat(new Wiring(plan.withOffloads(true), tag).switchLinks())
                .contains(link
                        + " type veth peer name eth0 mtu 1500 numtxqueues 1 numrxqueues 1 netns remora-4711-10x2-h1");
    }
}
