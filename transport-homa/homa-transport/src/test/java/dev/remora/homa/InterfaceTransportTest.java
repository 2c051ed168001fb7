package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.InterfaceFacts;
import dev.remora.homa.link.socket.TestCalls;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls between two network namespaces, as the provider makes the transports. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterfaceTransportTest {
    private static final int[] SIZES = {0, 1, 1_423, 1_424, 1_425, 65_536, 1_000_000, 1 << 20, 10_000_000};
    /** Sizes at which, whatever our own header takes, one packet becomes two. */
    private static final int ONE_PACKET = 1_400;

    private final InterfaceRig rig = new InterfaceRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private ClientTransport between(Map<String, String> caller, Map<String, String> server) {
        HomaTransport calling = rig.transport(rig.spaces.first(), caller);
        HomaTransport serving = rig.transport(rig.spaces.second(), server);
        return InterfaceRig.client(calling, serving, rig::echo);
    }

    private void echoesAllSizes(ClientTransport client) {
        echoesAllSizes(client, () -> {});
    }

    /** @param withEach done for each call */
    private void echoesAllSizes(ClientTransport client, Runnable withEach) {
        for (int bytes : SIZES) {
            withEach.run();
            byte[] request = MessagePattern.bytes(bytes, bytes);
            assertThat(Patience.await(InterfaceRig.call(client, request), bytes + " bytes come back"))
                    .isEqualTo(request);
        }
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 2 * (1_424 - ONE_PACKET); i++) {
            withEach.run();
            calls.add(InterfaceRig.call(client, MessagePattern.bytes(i, ONE_PACKET + i)));
        }
        for (int i = 0; i < calls.size(); i++) {
            assertThat(Patience.await(calls.get(i), "calls of one packet and two"))
                    .isEqualTo(MessagePattern.bytes(i, ONE_PACKET + i));
        }
        rig.assertNothingIsHeld();
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void messagesOfAllSizesComeBackWhileTcpGoesOn(String link) throws Exception {
        Map<String, String> settings = Map.of("interface.link", link);
        ClientTransport client = between(settings, settings);
        try (TcpSession tcp = new TcpSession(rig.spaces, InterfaceRig.SERVER)) {
            tcp.awaitRound();
            echoesAllSizes(client, tcp::goOn);
            tcp.awaitRound();
            assertThat(tcp.end()).as("times that TCP went to and fro").isGreaterThan(1);
        }
    }

    @Test
    void bothLinksUnderstandEachOther() {
        rig.spaces.first().finishPackets();
        echoesAllSizes(between(Map.of("interface.link", "packet-socket"), Map.of("interface.link", "af-packet")));
    }

    @Test
    void addressesThatTheKernelDoesNotHaveAreOursToAnswerFor() {
        echoesAllSizes(between(
                Map.of("interface.address", InterfaceRig.OWN_CALLER + "/24"),
                Map.of("interface.address", InterfaceRig.OWN_SERVER + "/24")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void ipv6WorksWithoutTheKernel(String link) {
        echoesAllSizes(between(
                Map.of("interface.link", link, "interface.address", "fd00:77::1/64"),
                Map.of("interface.link", link, "interface.address", "fd00:77::2/64")));
    }

    @Test
    void ownIpProtocolInsteadOfTcp() {
        echoesAllSizes(between(
                Map.of("encapsulation", "homa", "interface.address", InterfaceRig.OWN_CALLER + "/24"),
                Map.of("encapsulation", "homa", "interface.address", InterfaceRig.OWN_SERVER + "/24")));
    }

    /** With addresses that the kernels have: theirs hold the port, and say nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void behindUdpHeadersWhileTcpAndUdpGoOn(String link) throws Exception {
        Map<String, String> settings = Map.of("encapsulation", "udp", "interface.link", link);
        ClientTransport client = between(settings, settings);
        try (TcpSession tcp = new TcpSession(rig.spaces, InterfaceRig.SERVER);
                UdpSession udp = new UdpSession(rig.spaces, InterfaceRig.SERVER)) {
            tcp.awaitRound();
            udp.awaitRounds(1);
            echoesAllSizes(client, tcp::goOn);
            tcp.awaitRound();
            udp.awaitRounds(1);
            assertThat(tcp.end()).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void behindUdpHeadersOverIpv6AtAnotherPort(String link) {
        echoesAllSizes(between(
                Map.of(
                        "encapsulation",
                        "udp",
                        "udp-port",
                        "4789",
                        "interface.link",
                        link,
                        "interface.address",
                        "fd00:77::1/64"),
                Map.of(
                        "encapsulation",
                        "udp",
                        "udp-port",
                        "4789",
                        "interface.link",
                        link,
                        "interface.address",
                        "fd00:77::2/64")));
    }

    @ParameterizedTest
    @CsvSource({
        "packet-socket, 0, tcp-header",
        "packet-socket, 5, tcp-header",
        "packet-socket, 5, udp",
        "af-packet, 0, udp",
        "af-packet, 0, tcp-header",
        "af-packet, 5, tcp-header"
    })
    void framesWithTagsArrive(String link, String vlan, String encapsulation) {
        Map<String, String> settings = Map.of(
                "interface.link",
                link,
                "interface.pcp",
                "true",
                "interface.vlan",
                vlan,
                "encapsulation",
                encapsulation);
        Map<String, String> caller = new HashMap<>(settings);
        Map<String, String> server = new HashMap<>(settings);
        // The kernels' are in no VLAN.
        caller.put("interface.address", InterfaceRig.OWN_CALLER + "/24");
        server.put("interface.address", InterfaceRig.OWN_SERVER + "/24");
        echoesAllSizes(between(caller, server));
    }

    @Test
    void severalEnginesGetWhatIsTheirs() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of("engines", "3"));
        HomaTransport serving = rig.transport(rig.spaces.second(), Map.of("engines", "2"));
        echoesAllSizes(InterfaceRig.client(calling, serving, rig::echo));
        for (HomaTransport each : List.of(calling, serving)) {
            assertThat(MetricValues.of(each, "packets-received")).doesNotContain(0L);
            assertThat(MetricValues.of(each, "packets-passed-on")).containsOnly(0L);
        }
    }

    /** DPDK does not tell how the kernel spreads. */
    @Test
    void packetsThatCameToTheWrongEngineArePassedOn() {
        Map<String, String> two = Map.of("interface.link", "af-packet", "engines", "2");
        HomaTransport calling = rig.transport(rig.spaces.first(), two);
        HomaTransport serving = rig.transport(rig.spaces.second(), two);
        echoesAllSizes(InterfaceRig.client(calling, serving, rig::echo));
        for (HomaTransport each : List.of(calling, serving)) {
            long passedOn = MetricValues.sum(each, "packets-passed-on");
            assertThat(passedOn).isPositive();
            assertThat(MetricValues.sum(each, "packets-taken-over")).isEqualTo(passedOn);
        }
    }

    @Test
    void severalEnginesGetWhatIsTheirsBehindUdpHeaders() {
        echoesAllSizes(between(
                Map.of("engines", "3", "encapsulation", "udp"), Map.of("engines", "2", "encapsulation", "udp")));
    }

    @Test
    void smallerMtuAndStaticNeighboursAreKept() {
        long mac = rig.spaces
                .second()
                .in(() -> InterfaceFacts.of(rig.spaces.second().interfaceName()).mac());
        echoesAllSizes(between(
                Map.of(
                        "interface.mtu",
                        "1280",
                        "interface.neighbours",
                        InterfaceRig.SERVER + "=" + MacAddress.text(mac)),
                Map.of("interface.mtu", "1280")));
    }

    // --- what cannot be opened ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void withoutTheRightItSaysWhichOne(String link) {
        rig.spaces.first().in(() -> {
            TestCalls.dropRawSockets();
            return link;
        });
        assertThatThrownBy(() -> rig.transport(rig.spaces.first(), Map.of("interface.link", link)))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                .hasMessageContainingAll(rig.spaces.first().interfaceName(), "CAP_NET_RAW");
    }

    // --- nobody there ------------------------------------------------------------------------------------------------

    private TransportException failure(ClientTransport client) {
        CompletableFuture<TransportException> failure = new CompletableFuture<>();
        InterfaceRig.call(client, new byte[100])
                .handle((response, e) -> e instanceof TransportException known
                        ? failure.complete(known)
                        : failure.completeExceptionally(new AssertionError("a response, or an odd failure", e)));
        return Patience.await(failure, "the end of the call");
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void closedPortIsRefusedAtOnce(String link) {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of("interface.link", link));
        rig.transport(
                rig.spaces.second(),
                Map.of("interface.link", link, "interface.address", InterfaceRig.OWN_SERVER + "/24"));
        Endpoint closed = new Endpoint(InterfaceRig.OWN_SERVER, 4_999);
        long startNs = System.nanoTime();
        TransportException e = failure(calling.connect(closed));
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(e).hasMessageContaining(closed.toString());
        // The time-out is 5 s.
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(3));
    }

    @Test
    void processThatHasTheKernelsAddressToItselfMayRefuse() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of());
        rig.transport(rig.spaces.second(), Map.of("interface.refuse", "yes"));
        assertThat(failure(calling.connect(new Endpoint(InterfaceRig.SERVER, 4_999)))
                        .reason())
                .isEqualTo(Reason.UNREACHABLE);
    }

    /** The kernel refuses for us: nobody holds the port there. */
    @Test
    void hostWithoutHomaBehindUdpSaysSo() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of("encapsulation", "udp"));
        long startNs = System.nanoTime();
        TransportException e = failure(calling.connect(new Endpoint(InterfaceRig.SERVER, 4_999)));
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(3));
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(e).hasMessageContaining("remora.homa.encapsulation");
    }

    @Test
    void closedPortBehindUdpIsRefusedAtOnce() {
        Map<String, String> refusing = Map.of("encapsulation", "udp", "interface.refuse", "yes");
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of("encapsulation", "udp"));
        rig.transport(rig.spaces.second(), refusing);
        TransportException e = failure(calling.connect(new Endpoint(InterfaceRig.SERVER, 4_999)));
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void portOfAnotherProgramIsNamed() throws Exception {
        try (DatagramSocket other = rig.spaces.first().in(() -> new DatagramSocket(14_146))) {
            assertThat(other.isBound()).isTrue();
            assertThatThrownBy(() -> rig.transport(rig.spaces.first(), Map.of("encapsulation", "udp")))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BIND))
                    .hasMessageContainingAll("14146", "remora.homa.udp-port");
        }
        // It was given back, and may be held by several.
        rig.transport(rig.spaces.first(), Map.of("encapsulation", "udp"));
        rig.transport(rig.spaces.first(), Map.of("encapsulation", "udp"));
    }

    @Test
    void absentHostIsNamedWithinTwoSeconds() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of());
        Endpoint absent = new Endpoint("10.77.0.99", 4_999);
        long startNs = System.nanoTime();
        TransportException e = failure(calling.connect(absent));
        assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(e).hasMessageContainingAll("10.77.0.99", "ARP");
    }

    @Test
    void hostOfAnotherNetworkNeedsAGateway() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of());
        assertThat(failure(calling.connect(new Endpoint("192.0.2.1", 4_000))))
                .hasMessageContainingAll("192.0.2.1", "gateway");
    }

    @Test
    void portIsBoundToAddressesOfTheInterface() {
        HomaTransport serving = rig.transport(rig.spaces.second(), Map.of());
        assertThatThrownBy(() -> serving.listen(new Endpoint("10.77.0.9", 0), rig::echo))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining(InterfaceRig.SERVER);
    }
}
