package dev.remora.homa.link.socket;

import static dev.remora.homa.link.socket.Frames.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.socket.Frames.Received;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel lets through to a socket, and to which of several. */
class FrameFiltersTest {
    private static final int CLIENT = 0x8000;
    private static final int SERVER = 4000;
    private static final int SYN_RST = 0x06;
    private static final int QUEUES = 3;
    private static final int UDP_PORT = 14_146;
    private static final int UDP = 17;

    private Namespaces namespaces;
    private InterfaceFacts here;
    private InterfaceFacts there;

    @BeforeEach
    void create() {
        namespaces = Namespaces.create();
        here = namespaces.first().facts();
        there = namespaces.second().facts();
    }

    @AfterEach
    void remove() {
        if (namespaces != null) {
            namespaces.close();
        }
    }

    private List<PacketSocketQueue> open(Namespaces.Space space, int queues, PacketSocketConfig.Spread spread) {
        PacketSocketConfig config = PacketSocketConfig.of(space.interfaceName())
                .withQueues(queues)
                .withSpread(spread)
                .withUdpPort(UDP_PORT);
        return space.in(() -> PacketSocketQueue.open(config));
    }

    private PacketSocketQueue openOne(Namespaces.Space space) {
        return open(space, 1, PacketSocketConfig.Spread.CLIENT_PORT).getFirst();
    }

    private byte[] ipv4(int protocol, byte[] payload) {
        return ethernet(here, there, Frames.IPV4, Packets.ipv4(protocol, payload));
    }

    private byte[] ipv6(int protocol, byte[] payload) {
        return ethernet(here, there, Frames.IPV6, Packets.ipv6(protocol, payload));
    }

    /** The frame with other bytes at a place. */
    private static byte[] with(byte[] frame, int at, int... values) {
        byte[] changed = frame.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    private Map<String, byte[]> ours() {
        Map<String, byte[]> ours = new LinkedHashMap<>();
        ours.put("ARP", ethernet(here, there, 0x0806, new byte[28]));
        ours.put("ICMP", ipv4(1, new byte[8]));
        ours.put("Homa", ipv4(146, new byte[28]));
        ours.put("Homa in TCP", ipv4(6, Packets.tcp(CLIENT, SERVER, SYN_RST)));
        ours.put("ICMPv6", ipv6(58, new byte[8]));
        ours.put("Homa over IPv6", ipv6(146, new byte[28]));
        ours.put("Homa in TCP over IPv6", ipv6(6, Packets.tcp(CLIENT, SERVER, SYN_RST)));
        ours.put("Homa behind UDP", ipv4(UDP, Packets.udp(UDP_PORT, Packets.tcp(CLIENT, SERVER, SYN_RST))));
        ours.put("Homa behind UDP over IPv6", ipv6(UDP, Packets.udp(UDP_PORT, Packets.tcp(CLIENT, SERVER, SYN_RST))));
        ours.put("broadcast", with(ipv4(146, new byte[28]), 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
        return ours;
    }

    private Map<String, byte[]> others() {
        Map<String, byte[]> others = new LinkedHashMap<>();
        for (int flags = 0; flags < 256; flags++) {
            if (flags != SYN_RST) {
                others.put("flags " + flags, ipv4(6, Packets.tcp(CLIENT, SERVER, flags)));
                others.put("flags " + flags + " over IPv6", ipv6(6, Packets.tcp(CLIENT, SERVER, flags)));
            }
        }
        byte[] tcp = ipv4(6, Packets.tcp(CLIENT, SERVER, SYN_RST));
        others.put("IP options", with(tcp, 14, 0x46));
        others.put("first fragment", with(tcp, 20, 0x20, 0));
        others.put("fragment", with(tcp, 20, 0, 1));
        others.put("cut short", Arrays.copyOf(tcp, 40));
        byte[] udp = ipv4(UDP, Packets.udp(UDP_PORT, Packets.tcp(CLIENT, SERVER, SYN_RST)));
        others.put("UDP with options", with(udp, 14, 0x46));
        others.put("UDP fragment", with(udp, 20, 0, 1));
        others.put("UDP from our port", ipv4(UDP, Packets.tcp(UDP_PORT, SERVER, SYN_RST)));
        others.put("UDP", ipv4(17, Packets.tcp(CLIENT, SERVER, SYN_RST)));
        others.put("UDP over IPv6", ipv6(17, Packets.tcp(CLIENT, SERVER, SYN_RST)));
        others.put("ICMPv6 in IPv4", ipv4(58, new byte[28]));
        others.put("LLDP", ethernet(here, there, 0x88cc, new byte[60]));
        others.put("another station's", with(ipv4(146, new byte[28]), 0, 2, 0, 0, 0, 0, 1));
        others.put("VLAN 5", tagged(5, ipv4(146, new byte[28])));
        return others;
    }

    private static byte[] tagged(int tag, byte[] frame) {
        byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        tagged[12] = (byte) 0x81;
        tagged[14] = (byte) (tag >> 8);
        tagged[15] = (byte) tag;
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    @Test
    void passesWhatIsOursAndNothingElse() {
        try (PacketSocketQueue near = openOne(namespaces.first());
                PacketSocketQueue far = openOne(namespaces.second())) {
            byte[] end = ipv4(146, new byte[100]);
            // One by one with an end mark, so that a failure has a name.
            ours().forEach((name, frame) -> {
                Frames.send(near, frame);
                assertThat(Frames.receive(far, 1))
                        .as(name)
                        .extracting(Received::bytes)
                        .containsExactly(frame);
            });
            // Priority tags of no VLAN are taken off on the way.
            Frames.send(near, tagged(3 << 13, end));
            assertThat(Frames.receive(far, 1)).extracting(Received::bytes).containsExactly(end);
            others().forEach((name, frame) -> {
                Frames.send(near, frame);
                Frames.send(near, end);
                assertThat(Frames.receive(far, 1))
                        .as(name)
                        .extracting(Received::bytes)
                        .containsExactly(end);
            });
            assertThat(near.counter(PacketSocketCounter.SEND_REFUSED)).isZero();
        }
    }

    @Test
    void withoutAPortAllUdpIsSomebodyElses() {
        PacketSocketConfig config = PacketSocketConfig.of(there.name());
        try (PacketSocketQueue near = openOne(namespaces.first());
                PacketSocketQueue far = namespaces
                        .second()
                        .in(() -> PacketSocketQueue.open(config))
                        .getFirst()) {
            byte[] end = ipv4(146, new byte[100]);
            for (int port : new int[] {UDP_PORT, 0}) {
                byte[] packet = Packets.udp(port, Packets.tcp(CLIENT, SERVER, SYN_RST));
                Frames.send(near, ipv4(UDP, packet));
                Frames.send(near, ipv6(UDP, packet));
            }
            Frames.send(near, end);
            assertThat(Frames.receive(far, 1)).extracting(Received::bytes).containsExactly(end);
        }
    }

    @Test
    void framesOfOurVlanComeWithoutTheirTagAndOthersDoNotCome() {
        PacketSocketConfig config = PacketSocketConfig.of(there.name()).withVlan(5);
        try (PacketSocketQueue near = openOne(namespaces.first());
                PacketSocketQueue far = namespaces
                        .second()
                        .in(() -> PacketSocketQueue.open(config))
                        .getFirst()) {
            byte[] frame = ipv4(146, new byte[100]);
            Frames.send(near, frame);
            Frames.send(near, tagged(3 << 13, frame));
            Frames.send(near, tagged(6, frame));
            Frames.send(near, tagged(7 << 13 | 5, with(frame, 60, 9)));
            assertThat(Frames.receive(far, 1)).extracting(Received::bytes).containsExactly(with(frame, 60, 9));
        }
    }

    @Test
    void realTcpGoesOnUndisturbedAndUnseen() throws Exception {
        namespaces.first().ip("addr", "add", "10.0.0.1/24", "dev", here.name());
        namespaces.second().ip("addr", "add", "10.0.0.2/24", "dev", there.name());
        InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
        try (PacketSocketQueue near = openOne(namespaces.first());
                PacketSocketQueue far = openOne(namespaces.second());
                ServerSocket server = namespaces.second().in(() -> new ServerSocket(0, 1, address));
                Socket client = namespaces.first().in(() -> new Socket(address, server.getLocalPort()));
                Socket accepted = server.accept()) {
            byte[] message = new byte[100_000];
            new Random(1).nextBytes(message);
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    client.getOutputStream().write(message);
                    client.shutdownOutput();
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(message);
            writer.join();
            for (PacketSocketQueue each : List.of(near, far)) {
                assertThat(Frames.receiveNow(each))
                        .isNotEmpty()
                        .allSatisfy(frame -> assertThat(frame.bytes()[12] << 8 | frame.bytes()[13])
                                .as("only ARP")
                                .isEqualTo(0x0806));
            }
        }
    }

    @Test
    void clientsPortChoosesTheQueueInBothDirections() {
        List<PacketSocketQueue> far = open(namespaces.second(), QUEUES, PacketSocketConfig.Spread.CLIENT_PORT);
        try (PacketSocketQueue near = openOne(namespaces.first())) {
            for (int port = CLIENT; port < CLIENT + 2 * QUEUES; port++) {
                for (int protocol : new int[] {HomaHeader.PROTOCOL_TCP, HomaHeader.PROTOCOL_HOMA, UDP}) {
                    for (byte[] homa :
                            List.of(Packets.tcp(port, SERVER, SYN_RST), Packets.tcp(SERVER, port, SYN_RST))) {
                        byte[] payload = protocol == UDP ? Packets.udp(UDP_PORT, homa) : homa;
                        for (byte[] frame : List.of(ipv4(protocol, payload), ipv6(protocol, payload))) {
                            Frames.send(near, frame);
                            assertThat(Frames.receive(far.get(port % QUEUES), 1))
                                    .extracting(Received::bytes)
                                    .containsExactly(frame);
                        }
                    }
                }
            }
            byte[] arp = ethernet(here, there, 0x0806, new byte[28]);
            Frames.send(near, arp);
            Frames.send(near, ipv4(1, new byte[8]));
            assertThat(Frames.receive(far.getFirst(), 2)).hasSize(2);
            far.forEach(each -> assertThat(Frames.receiveNow(each)).isEmpty());

            // The order of the queues survives the interface.
            namespaces.second().ip("link", "set", there.name(), "down");
            namespaces.second().ip("link", "set", there.name(), "up");
            byte[] last = ipv4(6, Packets.tcp(CLIENT + 2, SERVER, SYN_RST));
            Frames.send(near, last);
            assertThat(Frames.receive(far.get((CLIENT + 2) % QUEUES), 1))
                    .extracting(Received::bytes)
                    .containsExactly(last);
        } finally {
            far.forEach(PacketSocketQueue::close);
        }
    }

    /** Until it has joined the others each socket gets all frames. */
    @Test
    void whatComesWhileTheQueuesAreOpenedComesToNone() {
        PacketSocketConfig config =
                PacketSocketConfig.of(namespaces.second().interfaceName()).withQueues(2);
        byte[] early = ipv4(6, Packets.tcp(CLIENT, SERVER, SYN_RST));
        byte[] late = ipv4(6, Packets.tcp(CLIENT + 1, SERVER, SYN_RST));
        try (PacketSocketQueue near = openOne(namespaces.first());
                PacketSocketQueue first = namespaces.second().in(() -> PacketSocketQueue.openOne(config))) {
            Frames.send(near, early);
            try (PacketSocketQueue second = namespaces.second().in(() -> PacketSocketQueue.openOne(config))) {
                Frames.send(near, early);
                int group = first.join(-1, config);
                Frames.send(near, early);
                second.join(group, config);
                Frames.send(near, early);
                second.letIn(config);
                Frames.send(near, early);
                first.letIn(config);
                Frames.send(near, late);
                assertThat(Frames.receive(second, 1))
                        .extracting(Received::bytes)
                        .containsExactly(late);
                assertThat(Frames.receiveNow(first)).isEmpty();
                assertThat(Frames.receiveNow(second)).isEmpty();
            }
        }
    }

    @Test
    void hashSpreadsConnectionsAndKeepsEachAtItsQueue() {
        List<PacketSocketQueue> far = open(namespaces.second(), 2, PacketSocketConfig.Spread.HASH);
        try (PacketSocketQueue near = openOne(namespaces.first())) {
            int[] counts = new int[2];
            for (int round = 0; round < 2; round++) {
                for (int port = CLIENT; port < CLIENT + 64; port++) {
                    Frames.send(near, ipv4(6, Packets.tcp(port, SERVER, SYN_RST)));
                }
            }
            int came = 0;
            while (came < 128) {
                // Whichever it is: the other one's share is small only with a chance of 2^-40.
                for (int i = 0; i < 2; i++) {
                    int got = Frames.receiveNow(far.get(i)).size();
                    counts[i] += got;
                    came += got;
                }
            }
            assertThat(counts[0]).isBetween(4, 124);
            assertThat(counts[0] % 2).as("each connection twice").isZero();
        } finally {
            far.forEach(PacketSocketQueue::close);
        }
    }

    @Test
    void groupsOfOneInterfaceDoNotMix() {
        List<PacketSocketQueue> one = open(namespaces.second(), 2, PacketSocketConfig.Spread.CLIENT_PORT);
        List<PacketSocketQueue> other = open(namespaces.second(), 2, PacketSocketConfig.Spread.CLIENT_PORT);
        try (PacketSocketQueue near = openOne(namespaces.first())) {
            byte[] frame = ipv4(6, Packets.tcp(CLIENT + 1, SERVER, SYN_RST));
            Frames.send(near, frame);
            assertThat(Frames.receive(one.get(1), 1))
                    .extracting(Received::bytes)
                    .containsExactly(frame);
            assertThat(Frames.receive(other.get(1), 1))
                    .extracting(Received::bytes)
                    .containsExactly(frame);
        } finally {
            one.forEach(PacketSocketQueue::close);
            other.forEach(PacketSocketQueue::close);
        }
    }
}
