package dev.remora.homa.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.port.Toeplitz;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.MemoryHub;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.UdpHeader;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterfaceNetworkTest {
    private static final PacketSink NOBODY = new PacketSink() {
        @Override
        public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {}

        @Override
        public void onMore(MemorySegment memory, long at, int bytes) {}

        @Override
        public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int port) {}

        @Override
        public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {}

        @Override
        public void onBurstEnd() {}
    };

    private final MemoryHub hub = new MemoryHub(MemoryHub.Options.PLAIN, 1);
    private final InterfaceNetwork network = network(1, null, Lan.OUR_MAC, "10.0.0.1/24");
    private long nowNs;

    private InterfaceNetwork network(int engines, InterfaceDevice.@Nullable Spread spread, long mac, String address) {
        return network(engines, spread, InterfaceSettings.of(mac, OwnAddress.parse(address)));
    }

    private InterfaceNetwork network(int engines, InterfaceDevice.@Nullable Spread spread, InterfaceSettings settings) {
        List<FrameQueue> queues = new ArrayList<>();
        for (int i = 0; i < engines; i++) {
            queues.add(hub.attach());
        }
        return new InterfaceNetwork(
                new InterfaceDevice() {
                    @Override
                    public List<FrameQueue> queues() {
                        return queues;
                    }

                    @Override
                    public InterfaceDevice.@Nullable Spread spread() {
                        return spread;
                    }

                    @Override
                    public void close() {}
                },
                settings);
    }

    /** What resolve says; the ports are served meanwhile, their clock running fast. */
    private String resolve(String server, InterfaceNetwork... served) {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        network.resolve(Endpoint.parse(server), new Network.Resolution() {
            @Override
            public void found(PeerAddress found) {
                outcome.complete("found " + IpAddress.text(found.high(), found.low()) + " " + found.port());
            }

            @Override
            public void notFound(String problem) {
                outcome.complete(problem);
            }
        });
        while (!outcome.isDone()) {
            nowNs += 10_000_000;
            for (InterfaceNetwork each : served) {
                each.ports().forEach(port -> port.receive(NOBODY, nowNs));
            }
            Thread.onSpinWait();
        }
        return outcome.join();
    }

    @Test
    void neighbourIsFoundByAsking() {
        InterfaceNetwork other = network(1, null, Lan.PEER_MAC, "10.0.0.2/24");
        assertThat(resolve("10.0.0.2:4000", network, other)).isEqualTo("found 10.0.0.2 4000");
        assertThat(network.ports().getFirst().reserve(0, Lan.PEER_IP.low(), 100))
                .isNotNegative();
    }

    @Test
    void silentNeighbourIsNotFoundAndTheTextSaysWhatToLookAt() {
        assertThat(resolve("10.0.0.77:4000", network))
                .contains("10.0.0.77:4000", "does not answer to ARP", "is the host up");
    }

    @Test
    void unreachableAddressesAreNotFoundAtOnce() {
        assertThat(resolve("192.0.2.1:4000")).contains("no gateway is set");
        assertThat(resolve("10.0.0.1:4000")).contains("own interface", "host network");
        assertThat(resolve("[2001:db8::1]:4000")).contains("no address of the family", "10.0.0.1/24");
        assertThat(resolve("224.0.0.1:4000")).contains("not the address of a single host");
        assertThat(resolve("name.invalid:4000")).contains("name is not known");
    }

    @Test
    void serverWithoutPortIsAMistake() {
        assertThatThrownBy(() -> resolve("10.0.0.2:0")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void portIsTakenUntilItIsClosed() {
        Network.Listening first = network.listen(Endpoint.parse("10.0.0.1:4000"));
        assertThat(first.address()).hasToString("10.0.0.1:4000");
        assertThatThrownBy(() -> network.listen(new Endpoint("*", 4000)))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.BIND))
                .hasMessageContaining("4000 is in use");
        first.close();
        Network.Listening second = network.listen(new Endpoint("0.0.0.0", 4000));
        first.close();
        assertThatThrownBy(() -> network.listen(new Endpoint("*", 4000)))
                .as("closing twice takes nothing away")
                .isInstanceOf(TransportException.class);
        assertThat(second.address()).hasToString("10.0.0.1:4000");
    }

    @Test
    void anyPortIsBelowThoseOfClients() {
        assertThat(network.listen(new Endpoint("*", 0)).address().port()).isBetween(20_000, 32_767);
        HomaPorts ports = new HomaPorts();
        for (int i = HomaPorts.FIRST_ANY; i <= HomaPorts.LAST_ANY; i++) {
            ports.listen(0);
        }
        assertThatThrownBy(() -> ports.listen(0)).isInstanceOf(TransportException.class);
    }

    @Test
    void foreignAddressCannotBeListenedOn() {
        assertThatThrownBy(() -> network.listen(Endpoint.parse("10.0.0.2:4000")))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("10.0.0.1/24");
    }

    @Test
    void oneEngineHasTheSameClientPortsForAllServersThatNobodyListensOn() {
        PeerAddress server = new PeerAddress(0, Lan.PEER_IP.low(), 4000);
        int[] ports = network.clientPorts(server, 3)[0];
        assertThat(ports).hasSize(3).doesNotHaveDuplicates();
        for (int port : ports) {
            assertThat(port).isBetween(32_768, 60_999);
            assertThatThrownBy(() -> network.listen(new Endpoint("*", port))).hasMessageContaining("client");
        }
        assertThat(network.clientPorts(new PeerAddress(0, Lan.PEER_IP.low(), 4001), 3)[0])
                .isEqualTo(ports);
        HomaPorts table = new HomaPorts();
        table.listen(40_000);
        assertThat(table.useForClients(40_000)).isFalse();
    }

    @Test
    void portsOfSeveralEnginesLeadHomeByTheDevicesHash() {
        int[] table = new int[128];
        for (int i = 0; i < table.length; i++) {
            table[i] = i % 4;
        }
        byte[] key = Toeplitz.microsoftKey();
        InterfaceNetwork four = network(4, new InterfaceDevice.Spread(key, table), Lan.OUR_MAC, "10.0.0.1/24");
        for (int engine = 0; engine < 4; engine++) {
            int[] ports = four.clientPorts(new PeerAddress(0, Lan.PEER_IP.low(), 4000), 5)[engine];
            assertThat(ports).hasSize(5).doesNotHaveDuplicates();
            for (int port : ports) {
                int hash = new Toeplitz(key).ipv4(0x0A00_0002, 0x0A00_0001, 4000, port);
                assertThat((hash & 127) % 4).as("port %d", port).isEqualTo(engine);
            }
        }
        // Appendix B of the specification: port 32768 arrives at queue 2.
        assertThat(new Toeplitz(key).ipv4(0x0A00_0002, 0x0A00_0001, 4000, 32_768))
                .isEqualTo(0x27e778d2);
    }

    /** What the device hashes are the ports of the UDP header, which follow from Homa's. */
    @Test
    void portsLeadHomeBehindUdpHeaders() {
        int[] table = {0, 1, 2, 3};
        byte[] key = Toeplitz.microsoftKey();
        InterfaceSettings settings = InterfaceSettings.of(Lan.OUR_MAC, OwnAddress.parse("10.0.0.1/24"))
                .withUdpPort(UdpHeader.DEFAULT_PORT);
        InterfaceNetwork four = network(4, new InterfaceDevice.Spread(key, table), settings);
        for (int engine = 0; engine < 4; engine++) {
            int[] ports = four.clientPorts(new PeerAddress(0, Lan.PEER_IP.low(), 4000), 5)[engine];
            assertThat(ports).hasSize(5).doesNotHaveDuplicates();
            for (int port : ports) {
                int from = UdpHeader.sourcePortFor(4000, port);
                int hash = new Toeplitz(key).ipv4(0x0A00_0002, 0x0A00_0001, from, UdpHeader.DEFAULT_PORT);
                assertThat(hash & 3).as("port %d", port).isEqualTo(engine);
            }
        }
    }

    @Test
    void withoutKnownHashEnginesHaveTheirOwnPorts() {
        InterfaceNetwork three = network(3, null, Lan.OUR_MAC, "10.0.0.1/24");
        PeerAddress server = new PeerAddress(0, Lan.PEER_IP.low(), 4000);
        for (int engine = 0; engine < 3; engine++) {
            int[] first = three.clientPorts(server, 4)[engine];
            int[] second = three.clientPorts(server, 4)[engine];
            for (int port : first) {
                assertThat(ClientPorts.engineOf(port, 3)).isEqualTo(engine);
            }
            assertThat(first).hasSize(4).doesNotHaveDuplicates();
            assertThat(second).as("used in turn").hasSize(4).doesNotContain(first);
        }
    }

    @Test
    void neighboursAreKnownToAllEngines() {
        InterfaceNetwork two = network(2, null, 0x0200_0000_0009L, "10.0.0.9/24");
        InterfaceNetwork other = network(1, null, Lan.PEER_MAC, "10.0.0.2/24");
        PacketPort second = two.ports().get(1);
        assertThat(second.reserve(0, Lan.PEER_IP.low(), 100)).isEqualTo(PacketPort.NO_ROUTE);
        second.receive(NOBODY, 0);
        other.ports().getFirst().receive(NOBODY, 0);
        // The hub has learned where the question came from; the other queue may get the answer as well.
        two.ports().get(0).receive(NOBODY, 0);
        second.receive(NOBODY, 0);
        assertThat(two.ports().get(0).reserve(0, Lan.PEER_IP.low(), 100)).isNotNegative();
    }

    @Test
    void deviceWithoutQueuesIsRefused() {
        assertThatThrownBy(() -> network(0, null, Lan.OUR_MAC, "10.0.0.1/24"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no queue");
    }
}
