package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets through a real testbed. Nothing here depends on how fast they are, only on their order and number. */
@Timeout(60)
class TestbedTest {
    private static final int PAYLOAD = 1400;

    /** Headers of UDP, IP and Ethernet. */
    private static final int HEADERS = 8 + 20 + 14;

    private static final int FULL_FRAME = 1514;

    @BeforeEach
    void needsRights() {
        Rights.needed();
    }

    @AfterEach
    void nothingIsLeft() {
        String own = "remora-" + ProcessHandle.current().pid() + "-";
        assertThat(Namespaces.all()).noneMatch(name -> name.startsWith(own));
    }

    @Test
    void hostsReachEachOtherAndNobodyElse() throws Exception {
        try (Testbed testbed = Testbed.up(plan(3, 200, 128_000))) {
            TestbedHost first = testbed.hosts().get(0);
            TestbedHost last = testbed.hosts().get(2);
            try (DatagramChannel server = udp(last, 0);
                    DatagramChannel client = udp(first, 0)) {
                client.send(ByteBuffer.wrap(new byte[] {42}), addressOf(last, server));
                ByteBuffer question = ByteBuffer.allocate(16);
                SocketAddress from = server.receive(question);
                server.send(question.flip(), from);
                ByteBuffer answer = ByteBuffer.allocate(16);
                SocketAddress responder = client.receive(answer);

                assertThat(((InetSocketAddress) from).getAddress().getHostAddress())
                        .isEqualTo(first.address());
                assertThat(responder).isEqualTo(addressOf(last, server));
                assertThat(answer.get(0)).isEqualTo((byte) 42);
            }
            assertThat(in(testbed, first, "ip", "route").lines())
                    .singleElement()
                    .asString()
                    .contains("10.77.0.0/24 dev eth0", "congctl reno");
            assertThat(testbed.ports().get(2).sentPackets()).isPositive();
            assertThat(testbed.ports().get(1).host()).isEqualTo(1);
            assertThat(testbed.retransmissions()).isZero();
            assertThat(testbed.drops()).isZero();
        }
    }

    @Test
    void aThreadEntersAHostWithThoseThatItStartsAndNobodyElseDoes() throws Exception {
        Path mac = Path.of("/sys/class/net/eth0/address");
        try (Testbed testbed = Testbed.up(plan(2, 200, 128_000))) {
            List<String> seen = new ArrayList<>();
            for (TestbedHost host : testbed.hosts()) {
                seen.add(Inside.of(
                        host,
                        () -> onAnotherThread(
                                () -> addresses() + Files.readString(mac).strip())));
            }

            for (TestbedHost host : testbed.hosts()) {
                String kernels = in(testbed, host, "cat", mac.toString()).strip();
                assertThat(seen.get(host.index())).isEqualTo(List.of(host.address()) + kernels);
            }
            assertThat(seen).doesNotHaveDuplicates();
            assertThat(addresses())
                    .doesNotContainAnyElementsOf(
                            testbed.hosts().stream().map(TestbedHost::address).toList());
        }
    }

    @Test
    void aNamespaceThatIsNotThereCannotBeEntered() {
        assertThatThrownBy(() -> NamespaceThread.enter("remora-of-nobody"))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("remora-of-nobody")
                .hasMessageContaining("ENOENT");
    }

    @Test
    void tcpUsesTheCongestionControlAskedFor() throws Exception {
        try (Testbed testbed = Testbed.up(plan(2, 200, 128_000));
                Connection connection = new Connection(testbed)) {
            assertThat(in(testbed, testbed.hosts().get(0), "ss", "-tin")).contains(" reno ");
            assertThat(in(testbed, testbed.hosts().get(1), "ss", "-tin")).contains(" reno ");
        }
    }

    @Test
    void whatTheBufferCannotHoldIsDroppedAndCounted() throws Exception {
        int senders = 4;
        int each = 60;
        int level = 3;
        int buffer = 20_000;
        // At this rate each sender takes 0.7 s, so that their packets meet whatever else the machine does.
        try (Testbed testbed = Testbed.up(plan(1 + senders, 1, buffer));
                DatagramChannel receiver = udp(testbed.hosts().getFirst(), 0)) {
            TestbedHost target = testbed.hosts().getFirst();
            for (int i = 1; i <= senders; i++) {
                send(testbed.hosts().get(i), addressOf(target, receiver), level, each);
            }
            until(() -> testbed.nics().stream().allMatch(nic -> nic.backlogPackets() == 0)
                    && testbed.ports().getFirst().backlogPackets() == 0);

            PortCounters port = testbed.ports().getFirst();
            PortCounters.Level used = port.levels().get(level);
            assertThat(used.level()).isEqualTo(level);
            assertThat(used.drops()).isPositive();
            assertThat(used.sentPackets() + used.drops()).isEqualTo((long) senders * each);
            assertThat(used.sentBytes()).isEqualTo(used.sentPackets() * (PAYLOAD + HEADERS));
            assertThat(used.sentPackets()).as("what the buffer held was sent").isGreaterThan(buffer / FULL_FRAME);
            assertThat(port.drops()).isEqualTo(used.drops());
            assertThat(testbed.drops()).isEqualTo(used.drops());
            assertThat(testbed.nics()).allSatisfy(nic -> assertThat(nic.drops()).isZero());
        }
    }

    @Test
    void urgentPacketOvertakesTheQueue() throws Exception {
        int senders = 7;
        int each = 40;
        // Everything fits into the buffer, and takes 3 s to leave: the urgent packet is sent into a queue for certain.
        try (Testbed testbed = Testbed.up(plan(2 + senders, 1, 2 * senders * each * FULL_FRAME));
                DatagramChannel receiver = udp(testbed.hosts().getFirst(), 0)) {
            TestbedHost target = testbed.hosts().getFirst();
            for (int i = 1; i <= senders; i++) {
                send(testbed.hosts().get(i), addressOf(target, receiver), 0, each);
            }
            until(() -> testbed.nics().stream().allMatch(nic -> nic.backlogPackets() == 0));
            assertThat(testbed.ports().getFirst().backlogPackets()).isGreaterThan(each);

            send(testbed.hosts().getLast(), addressOf(target, receiver), 7, 1);
            int before = 0;
            while (receive(receiver) != 7) {
                before++;
            }

            assertThat(before).isLessThan(senders * each);
            assertThat(receive(receiver)).as("one that had waited longer").isZero();
            assertThat(testbed.drops()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void linksCarryFramesOfTheMtuUnlessOffloadsAreOn(boolean offloads) throws Exception {
        try (Testbed testbed = Testbed.up(plan(2, 1, 128_000).withOffloads(offloads));
                Connection connection = new Connection(testbed)) {
            // Ten segments are TCP's first window, and they wait for the link.
            connection.write(8 * FULL_FRAME);
            PortCounters[] nic = new PortCounters[1];
            until(() -> {
                nic[0] = testbed.nics().getFirst();
                return nic[0].backlogPackets() > 0;
            });

            if (offloads) {
                assertThat(nic[0].backlogBytes() / nic[0].backlogPackets()).isGreaterThan(FULL_FRAME);
            } else {
                assertThat(nic[0].backlogBytes() / nic[0].backlogPackets()).isLessThanOrEqualTo(FULL_FRAME);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAPacketSocketLeavesToBeCutCrossesTheSwitchAsFramesUnlessOffloadsAreOn(boolean offloads) throws Exception {
        try (Testbed testbed = Testbed.up(plan(3, 1, 128_000).withOffloads(offloads))) {
            TestbedHost to = testbed.hosts().getFirst();
            List<TestbedHost> senders = testbed.hosts().subList(1, 3);
            String[] index = senders.stream()
                    .map(from -> in(testbed, from, "cat", "/sys/class/net/eth0/ifindex"))
                    .toArray(String[]::new);
            int segments = 40;
            // Both come to the switch at the same time, and its link needs half a second for each.
            for (int i = 0; i < index.length; i++) {
                TestbedHost from = senders.get(i);
                int number = Integer.parseInt(index[i].strip());
                Inside.of(from, () -> {
                    SuperPacket.send(number, from.address(), to.address(), segments);
                    return null;
                });
            }
            PortCounters[] port = new PortCounters[1];
            until(() -> {
                port[0] = testbed.ports().getFirst();
                return port[0].backlogPackets() > 0;
            });

            long longest = offloads ? segments * FULL_FRAME : FULL_FRAME;
            long least = offloads ? FULL_FRAME + 1 : SuperPacket.SEGMENT;
            assertThat(port[0].backlogBytes() / port[0].backlogPackets()).isBetween(least, longest);
        }
    }

    @Test
    void severalStandBesideEachOther() {
        try (Testbed one = Testbed.up(plan(2, 200, 128_000));
                Testbed two = Testbed.up(plan(3, 100, 64_000))) {
            one.close();
            one.close();

            assertThat(Namespaces.all())
                    .containsAll(
                            two.hosts().stream().map(TestbedHost::namespace).toList())
                    .doesNotContain(one.hosts().getFirst().namespace());
            assertThat(two.ports()).hasSize(3);
            assertThatThrownBy(one::ports).isInstanceOf(TestbedException.class);
        }
    }

    @Test
    void whatFailsHalfWayLeavesNothing() {
        TestbedTag next;
        try (Testbed now = Testbed.up(plan(1, 200, 128_000))) {
            String[] parts = now.hosts().getFirst().namespace().split("x|-h", -1);
            next = TestbedTag.of(RunningProcess.self(), Integer.parseInt(parts[parts.length - 2]) + 1);
        }
        SystemCommand.run(List.of("ip", "netns", "add", next.host(5)));

        assertThatThrownBy(() -> Testbed.up(plan(9, 200, 128_000)))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("File exists")
                .hasMessageContaining("netns add " + next.host(5));

        assertThat(Namespaces.of(next)).isEmpty();
    }

    @Test
    void closingRemovesEvenWhenInterrupted() {
        Testbed testbed = Testbed.up(plan(1, 200, 128_000));
        Thread.currentThread().interrupt();

        testbed.close();

        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        assertThat(Namespaces.all()).doesNotContain(testbed.hosts().getFirst().namespace());
    }

    @Test
    void unknownCongestionControlIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Testbed.up(new TestbedPlan(2, 200, 128_000, 1500, "nonsense")))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("no congestion control \"nonsense\"")
                .hasMessageContaining("reno")
                .satisfies(e -> assertThat(((TestbedException) e).mend()).contains("modprobe tcp_nonsense"));
    }

    /** A TCP connection from the first host to the second. */
    private static final class Connection implements AutoCloseable {
        private final ServerSocketChannel listener;
        private final SocketChannel client;
        private final SocketChannel server;

        Connection(Testbed testbed) throws Exception {
            TestbedHost to = testbed.hosts().get(1);
            listener = Inside.of(
                    to,
                    () -> ServerSocketChannel.open(StandardProtocolFamily.INET)
                            .bind(new InetSocketAddress(to.address(), 0)));
            SocketAddress address = listener.getLocalAddress();
            client = Inside.of(testbed.hosts().get(0), () -> {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
                channel.connect(address);
                return channel;
            });
            server = listener.accept();
        }

        void write(int bytes) throws Exception {
            client.write(ByteBuffer.allocate(bytes));
        }

        @Override
        public void close() throws Exception {
            client.close();
            server.close();
            listener.close();
        }
    }

    private static <T> T onAnotherThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    private static List<String> addresses() throws Exception {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .map(InetAddress::getHostAddress)
                .filter(address -> !address.startsWith("127."))
                .toList();
    }

    private static TestbedPlan plan(int hosts, int linkMbps, int bufferBytes) {
        return new TestbedPlan(hosts, linkMbps, bufferBytes, 1500, "reno");
    }

    private static DatagramChannel udp(TestbedHost host, int level) throws Exception {
        return Inside.of(
                host,
                () -> DatagramChannel.open(StandardProtocolFamily.INET)
                        .setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20)
                        .setOption(StandardSocketOptions.IP_TOS, level << 5)
                        .bind(new InetSocketAddress(host.address(), 0)));
    }

    private static InetSocketAddress addressOf(TestbedHost host, DatagramChannel channel) throws Exception {
        return new InetSocketAddress(host.address(), ((InetSocketAddress) channel.getLocalAddress()).getPort());
    }

    /** Sends so many datagrams whose first byte is their level. */
    private static void send(TestbedHost from, SocketAddress to, int level, int count) throws Exception {
        try (DatagramChannel channel = udp(from, level)) {
            for (int i = 0; i < count; i++) {
                channel.send(ByteBuffer.allocate(PAYLOAD).put(0, (byte) level), to);
            }
        }
    }

    private static int receive(DatagramChannel channel) throws Exception {
        ByteBuffer packet = ByteBuffer.allocate(PAYLOAD);
        channel.receive(packet);
        assertThat(packet.position()).isEqualTo(PAYLOAD);
        return packet.get(0);
    }

    private static String in(Testbed testbed, TestbedHost host, String... command) {
        List<String> words = new ArrayList<>(testbed.enter(host));
        words.addAll(List.of(command));
        return SystemCommand.run(words);
    }

    /** Asks again and again; the limit is the test's. */
    private static void until(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
