package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server does with clients that break the protocol: closes their connection, counts it, serves the others. */
final class MisbehavingClientTest {
    private static final long MS = 1_000_000;

    private final TcpTransport transport = TcpTransport.builder()
            .set(TcpSettings.FRAME_TIMEOUT, 200 * MS)
            .set(TcpSettings.KEEPALIVE_INTERVAL, 3_600_000 * MS)
            .build();
    private final ServerTransport server = transport.listen(Endpoint.parse("127.0.0.1:0"), Echo.INLINE);

    @AfterEach
    void close() {
        transport.close();
    }

    static Stream<Arguments> violations() {
        byte[] hello = RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT);
        return Stream.of(
                Arguments.of("another protocol", "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("one wrong byte", new byte[] {1}),
                Arguments.of("another version", RawPeer.hello(2, TcpFrame.ROLE_CLIENT)),
                Arguments.of("a server", RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_SERVER)),
                Arguments.of("no greeting", RawPeer.frame(TcpFrame.REQUEST, 1)),
                Arguments.of("half a greeting", new byte[] {0, 0}),
                Arguments.of("unknown type", join(hello, RawPeer.frame(99, 1))),
                Arguments.of("a response", join(hello, RawPeer.frame(TcpFrame.RESPONSE, 1))),
                Arguments.of("a second greeting", join(hello, hello)),
                Arguments.of("flags", join(hello, RawPeer.oddFrame(0, TcpFrame.REQUEST, 4, 0, 1))),
                Arguments.of("a code", join(hello, RawPeer.oddFrame(0, TcpFrame.REQUEST, 0, 4, 1))),
                Arguments.of("too long", join(hello, RawPeer.oddFrame((16 << 20) + 1, TcpFrame.REQUEST, 0, 0, 1))),
                Arguments.of("negative length", join(hello, RawPeer.oddFrame(-1, TcpFrame.REQUEST, 0, 0, 1))),
                Arguments.of("payload of a control frame", join(hello, RawPeer.frame(TcpFrame.PING, 1, (byte) 1))),
                Arguments.of(
                        "a repeated id",
                        join(hello, RawPeer.frame(TcpFrame.REQUEST, 5), RawPeer.frame(TcpFrame.REQUEST, 5))),
                Arguments.of("id 0", join(hello, RawPeer.frame(TcpFrame.REQUEST, 0))),
                Arguments.of("a cancel of nothing", join(hello, RawPeer.frame(TcpFrame.CANCEL, 7))),
                Arguments.of("a frame that stops", join(hello, RawPeer.oddFrame(100, TcpFrame.REQUEST, 0, 0, 1))),
                Arguments.of("a header that stops", join(hello, new byte[] {0, 0, 0, 1, 2})));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void itsConnectionIsClosedAndOthersAreServed(String name, byte[] bytes) {
        try (ClientTransport good = transport.connect(server.localAddress());
                RawPeer bad = RawPeer.connect(server.localAddress())) {
            bad.send(bytes);
            assertThat(bad.isClosedByOther()).as(name).isTrue();
            assertThat(Answer.of(good, new byte[] {7}).bytes()).containsExactly(7);
        }
        assertThat(transport.stats().protocolErrors()).isEqualTo(1);
    }

    @Test
    void framesMayComeByteByByte() {
        byte[] request = RawPeer.frame(TcpFrame.REQUEST, 9, (byte) 1, (byte) 2, (byte) 3);
        try (RawPeer slow = RawPeer.connect(server.localAddress())) {
            for (byte b : join(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT), request)) {
                slow.send(new byte[] {b});
            }
            RawPeer.Frame response = slow.read(TcpFrame.RESPONSE);
            assertThat(response.rpcId()).isEqualTo(9);
            assertThat(response.payload()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aBusyConnectionIsNotCutThoughItIsAlwaysWithinAFrame() {
        byte[] payload = new byte[3000];
        try (RawPeer client = RawPeer.connect(server.localAddress())) {
            client.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT));
            client.send(Arrays.copyOf(RawPeer.frame(TcpFrame.REQUEST, 1, payload), 1000));
            long startNs = System.nanoTime();
            long id = 1;
            // Several times tcp.frame.timeout; each frame of its own is quick.
            while (System.nanoTime() - startNs < 1000 * MS) {
                byte[] rest = Arrays.copyOfRange(RawPeer.frame(TcpFrame.REQUEST, id, payload), 1000, 3016);
                id++;
                byte[] next = Arrays.copyOf(RawPeer.frame(TcpFrame.REQUEST, id, payload), 1000);
                client.send(join(rest, next));
                assertThat(client.read(TcpFrame.RESPONSE).rpcId()).isEqualTo(id - 1);
            }
        }
        assertThat(transport.stats().protocolErrors()).isZero();
    }

    @Test
    void aPingIsAnsweredAndALateCancelIsLegal() {
        try (RawPeer client = RawPeer.connect(server.localAddress())) {
            client.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT))
                    .send(RawPeer.frame(TcpFrame.REQUEST, 1))
                    .send(RawPeer.frame(TcpFrame.CANCEL, 1))
                    .send(RawPeer.frame(TcpFrame.PING, 42));
            assertThat(client.read(TcpFrame.PONG).rpcId()).isEqualTo(42);
        }
        assertThat(transport.stats().protocolErrors()).isZero();
    }

    @Test
    void aResponseLargerThanItTakesBecomesAnAbort() {
        try (RawPeer client = RawPeer.connect(server.localAddress())) {
            client.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT, 2))
                    .send(RawPeer.frame(TcpFrame.REQUEST, 1, (byte) 1, (byte) 2, (byte) 3));
            RawPeer.Frame abort = client.read(TcpFrame.ABORT);
            assertThat(abort.code()).isEqualTo(TcpFrame.RESPONSE_TOO_LARGE);
        }
    }

    @Test
    void afterDrainItsRequestsAreNotRun() throws Exception {
        CompletableFuture<Void> running = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        try (ServerTransport draining = transport.listen(Endpoint.parse("127.0.0.1:0"), (exchange, request) -> {
                    running.complete(null);
                    go.thenRun(() -> Echo.INLINE.onRequest(exchange, request));
                });
                RawPeer client = RawPeer.connect(draining.localAddress())) {
            client.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT))
                    .send(RawPeer.frame(TcpFrame.REQUEST, 3, (byte) 1));
            running.get(30, TimeUnit.SECONDS);
            draining.drain();
            assertThat(client.read(TcpFrame.GOAWAY).rpcId()).isEqualTo(3);
            client.send(RawPeer.frame(TcpFrame.REQUEST, 4, (byte) 1)).send(RawPeer.frame(TcpFrame.PING, 5));
            client.read(TcpFrame.PONG);
            go.complete(null);
            assertThat(client.read(TcpFrame.RESPONSE).rpcId()).isEqualTo(3);
            assertThat(client.isClosedByOther()).isTrue();
        }
        assertThat(transport.stats().requestsDropped()).isEqualTo(1);
    }

    static byte[] join(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
