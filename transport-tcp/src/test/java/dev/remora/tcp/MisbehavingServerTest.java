package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client does with servers that break the protocol, are silent, or leave. */
final class MisbehavingServerTest {
    private static final long MS = 1_000_000;
    private static final byte[] HELLO = RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_SERVER);

    private final TcpTransport transport = TcpTransport.builder()
            .set(TcpSettings.CONNECT_TIMEOUT, 2000 * MS)
            .set(TcpSettings.FRAME_TIMEOUT, 200 * MS)
            .set(TcpSettings.KEEPALIVE_INTERVAL, 100 * MS)
            .set(TcpSettings.KEEPALIVE_TIMEOUT, 100 * MS)
            .set(TcpSettings.RECONNECT_INITIAL, MS)
            .set(TcpSettings.RECONNECT_MAX, MS)
            .set(TcpSettings.RECONNECT_WAIT, 1000 * MS)
            .build();
    private final ServerSocket listener = RawPeer.listen();
    private final ClientTransport client = transport.connect(RawPeer.addressOf(listener));

    @AfterEach
    void close() throws IOException {
        transport.close();
        listener.close();
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                Arguments.of("unknown type", RawPeer.frame(99, 1)),
                Arguments.of("a request", RawPeer.frame(TcpFrame.REQUEST, 1)),
                Arguments.of("an answer to nothing", RawPeer.frame(TcpFrame.RESPONSE, 77)),
                Arguments.of("an abort of nothing", RawPeer.frame(TcpFrame.ABORT, 77)),
                Arguments.of("an abort without a reason", RawPeer.frame(TcpFrame.ABORT, 1)),
                Arguments.of("a goaway beyond what was sent", RawPeer.frame(TcpFrame.GOAWAY, 77)),
                Arguments.of("too long", RawPeer.oddFrame((16 << 20) + 1, TcpFrame.RESPONSE, 0, 0, 1)),
                Arguments.of("half a response", RawPeer.oddFrame(100_000, TcpFrame.RESPONSE, 0, 0, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aViolationFailsTheCalls(String name, byte[] bytes) {
        Answer answer = Answer.of(client, new byte[10]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(HELLO);
            server.read(TcpFrame.REQUEST);
            server.send(bytes);
            assertThat(answer.failure().reason()).as(name).isEqualTo(Reason.PROTOCOL);
            assertThat(server.isClosedByOther()).isTrue();
        }
        assertThat(answer.times()).isEqualTo(1);
        assertThat(transport.stats().protocolErrors()).isEqualTo(1);
    }

    @Test
    void anotherVersionIsNamed() {
        Answer answer = Answer.of(client, new byte[10]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(RawPeer.hello(7, TcpFrame.ROLE_SERVER));
            assertThat(answer.failure().reason()).isEqualTo(Reason.PROTOCOL);
            assertThat(answer.failure()).hasMessageContaining("version 7").hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void nothingIsSentBeforeTheGreetingAndClosingThenMeansUnreachable() {
        Answer answer = Answer.of(client, new byte[10]);
        try (RawPeer server = RawPeer.accept(listener)) {
            assertThat(server.read().type()).isEqualTo(TcpFrame.HELLO);
        }
        assertThat(answer.failure().reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void aSilentServerIsLost() {
        Answer answer = Answer.of(client, new byte[10]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(HELLO);
            server.read(TcpFrame.PING);
            assertThat(answer.failure().reason()).isEqualTo(Reason.PEER_LOST);
            assertThat(answer.failure()).hasMessageContaining("silent");
        }
        assertThat(transport.stats().pingsLost()).isEqualTo(1);
    }

    @Test
    void aLateResponseIsDroppedAndCounted() {
        Answer first = Answer.of(client, new byte[10]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(HELLO);
            long id = server.read(TcpFrame.REQUEST).rpcId();
            first.cancel();
            assertThat(server.read(TcpFrame.CANCEL).rpcId()).isEqualTo(id);
            server.send(RawPeer.frame(TcpFrame.RESPONSE, id, (byte) 1));
            Answer second = Answer.of(client, new byte[10]);
            server.send(RawPeer.frame(
                    TcpFrame.RESPONSE, server.read(TcpFrame.REQUEST).rpcId(), (byte) 2));
            assertThat(second.bytes()).containsExactly(2);
        }
        assertThat(first.failure().reason()).isEqualTo(Reason.CANCELLED);
        assertThat(first.times()).isEqualTo(1);
        assertThat(transport.stats().lateResponses()).isEqualTo(1);
        assertThat(transport.stats().protocolErrors()).isZero();
    }

    @Test
    void goAwayRefusesWhatWasNotTakenAndTheNextCallGoesElsewhere() {
        Answer taken = Answer.of(client, new byte[1]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(HELLO);
            long takenId = server.read(TcpFrame.REQUEST).rpcId();
            Answer refused = Answer.of(client, new byte[2]);
            server.read(TcpFrame.REQUEST);
            server.send(RawPeer.frame(TcpFrame.GOAWAY, takenId));
            assertThat(refused.failure().reason()).isEqualTo(Reason.REFUSED);
            Answer elsewhere = Answer.of(client, new byte[3]);
            try (RawPeer next = RawPeer.accept(listener)) {
                next.send(HELLO);
                RawPeer.Frame request = next.read(TcpFrame.REQUEST);
                assertThat(request.payload()).hasSize(3);
                next.send(RawPeer.frame(TcpFrame.RESPONSE, request.rpcId(), (byte) 3));
                assertThat(elsewhere.bytes()).containsExactly(3);
            }
            server.send(RawPeer.frame(TcpFrame.RESPONSE, takenId, (byte) 1));
            assertThat(taken.bytes()).containsExactly(1);
            assertThat(server.isClosedByOther()).isTrue();
        }
        assertThat(transport.stats().reconnects()).isEqualTo(1);
    }

    @Test
    void aRequestLargerThanItTakesIsNotSent() {
        Answer small = Answer.of(client, new byte[1]);
        try (RawPeer server = RawPeer.accept(listener)) {
            server.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_SERVER, 100));
            server.send(RawPeer.frame(
                    TcpFrame.RESPONSE, server.read(TcpFrame.REQUEST).rpcId()));
            small.bytes();
            assertThat(Answer.of(client, new byte[101]).failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }
}
