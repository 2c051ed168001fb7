package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every queue has an end, and the far side feels it. */
final class BoundsTest {
    private static final Endpoint ANY = Endpoint.parse("127.0.0.1:0");
    private static final long MS = 1_000_000;

    @Test
    void queuedBytesAreBoundedWhileConnecting() throws IOException {
        try (ServerSocket silent = RawPeer.listen();
                TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.CLIENT_MAX_QUEUED, 1024L)
                        .build();
                ClientTransport client = transport.connect(RawPeer.addressOf(silent))) {
            Answer waits = Answer.of(client, new byte[600]);
            Answer tooMuch = Answer.of(client, new byte[600]);
            assertThat(tooMuch.failure().reason()).isEqualTo(Reason.OVERLOADED);
            assertThat(tooMuch.failure()).hasMessageContaining("client.max-queued");
            waits.cancel();
            assertThat(waits.failure().reason()).isEqualTo(Reason.CANCELLED);
            assertThat(client.outstanding()).isZero();
        }
    }

    @Test
    void aSilentListenerIsUnreachableInTime() throws IOException {
        try (ServerSocket silent = RawPeer.listen();
                TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.CONNECT_TIMEOUT, 100 * MS)
                        .set(TcpSettings.RECONNECT_INITIAL, 3_600_000 * MS)
                        .set(TcpSettings.RECONNECT_MAX, 3_600_000 * MS)
                        .build();
                ClientTransport client = transport.connect(RawPeer.addressOf(silent))) {
            assertThat(Answer.of(client, new byte[1]).failure()).hasMessageContaining("connect.timeout");
            Answer duringPause = Answer.of(client, new byte[1]);
            assertThat(duringPause.failure().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(duringPause.failure()).hasMessageContaining("not tried again");
            assertThat(transport.stats().connectFailures()).isEqualTo(1);
        }
    }

    @Test
    void anUnknownHostIsUnreachable() {
        try (TcpTransport transport = TcpTransport.builder().build();
                ClientTransport client = transport.connect(new Endpoint("no-such-host.invalid", 1))) {
            Answer answer = Answer.of(client, new byte[1]);
            assertThat(answer.failure().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(answer.failure()).hasMessageContaining("no-such-host.invalid:1");
        }
    }

    @Test
    void requestsInFlightAreBoundedAndTheRestIsServedLater() throws InterruptedException {
        BlockingQueue<ServerExchange> held = new LinkedBlockingQueue<>();
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.SERVER_MAX_IN_FLIGHT, 4L)
                        .build();
                ServerTransport server = transport.listen(ANY, (exchange, request) -> {
                    request.release();
                    held.add(exchange);
                });
                ClientTransport client = transport.connect(server.localAddress())) {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(Answer.of(client, new byte[10]));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(held.size()).isLessThanOrEqualTo(4);
                ServerExchange exchange = held.poll(30, TimeUnit.SECONDS);
                assertThat(exchange).isNotNull();
                exchange.respond(exchange.allocate(0));
            }
            for (Answer answer : answers) {
                assertThat(answer.bytes()).isEmpty();
            }
            assertThat(transport.stats().readPauses()).isPositive();
        }
    }

    @Test
    void aBusyServerThatDoesNotReadIsNotTakenForDead() throws InterruptedException {
        BlockingQueue<ServerExchange> held = new LinkedBlockingQueue<>();
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.SERVER_MAX_IN_FLIGHT, 1L)
                        .set(TcpSettings.KEEPALIVE_INTERVAL, 100 * MS)
                        .set(TcpSettings.KEEPALIVE_TIMEOUT, 100 * MS)
                        .build();
                ServerTransport server = transport.listen(ANY, (exchange, request) -> {
                    request.release();
                    held.add(exchange);
                });
                ClientTransport client = transport.connect(server.localAddress())) {
            Answer answer = Answer.of(client, new byte[10]);
            ServerExchange exchange = held.poll(30, TimeUnit.SECONDS);
            assertThat(exchange).isNotNull();
            long before = transport.stats().framesReceived();
            // Some twenty signs of life are longer than the client's patience without them.
            while (transport.stats().framesReceived() < before + 20) {
                Thread.onSpinWait();
            }
            assertThat(answer.ended()).isFalse();
            exchange.respond(exchange.allocate(0));
            assertThat(answer.bytes()).isEmpty();
        }
    }

    @Test
    void aClientThatReadsNoResponsesIsNotReadFromAndIsLostInTheEnd() {
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.WRITE_HIGH_WATER, 64L << 10)
                        .set(TcpSettings.WRITE_STALL_TIMEOUT, 300 * MS)
                        .build();
                ServerTransport server = transport.listen(ANY, (exchange, request) -> {
                    request.release();
                    exchange.respond(exchange.allocate(1 << 20));
                });
                RawPeer client = RawPeer.connect(server.localAddress())) {
            client.send(RawPeer.hello(TcpFrame.VERSION, TcpFrame.ROLE_CLIENT));
            for (int id = 1; id <= 100; id++) {
                client.send(RawPeer.frame(TcpFrame.REQUEST, id));
            }
            while (transport.stats().stalls() == 0) {
                Thread.onSpinWait();
            }
            assertThat(transport.stats().readPauses()).isPositive();
            assertThat(transport.stats().bytesSent()).isLessThan(100L << 20);
        }
    }

    @Test
    void connectionsOfAServerAreBounded() {
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.SERVER_MAX_CONNECTIONS, 1L)
                        .build();
                ServerTransport server = transport.listen(ANY, Echo.INLINE);
                ClientTransport first = transport.connect(server.localAddress());
                ClientTransport second = transport.connect(server.localAddress())) {
            assertThat(Answer.of(first, new byte[1]).bytes()).hasSize(1);
            assertThat(Answer.of(second, new byte[1]).failure().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(transport.stats().connectionsRefused()).isPositive();
            assertThat(Answer.of(first, new byte[1]).bytes()).hasSize(1);
        }
    }

    @Test
    void aPoolOpensConnectionsOnlyWhenCallsWait() {
        BlockingQueue<ServerExchange> held = new LinkedBlockingQueue<>();
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.CONNECTIONS_PER_PEER, 4L)
                        .build();
                ServerTransport server = transport.listen(ANY, (exchange, request) -> {
                    request.release();
                    held.add(exchange);
                });
                ClientTransport client = transport.connect(server.localAddress())) {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(Answer.of(client, new byte[1]));
            }
            for (int i = 0; i < 3; i++) {
                ServerExchange exchange = poll(held);
                exchange.respond(exchange.allocate(0));
            }
            answers.forEach(Answer::bytes);
            // two ends of each of three connections
            assertThat(transport.stats().connectionsOpened()).isEqualTo(6);
        }
    }

    @Test
    void aBufferIsReleasedOnce() {
        try (TcpTransport transport = TcpTransport.builder().build();
                ClientTransport client = transport.connect(new Endpoint("127.0.0.1", 1))) {
            for (int size : new int[] {10, 100_000}) {
                MessageBuffer buffer = client.allocate(size);
                buffer.release();
                assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(buffer::bytes).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static ServerExchange poll(BlockingQueue<ServerExchange> held) {
        try {
            ServerExchange exchange = held.poll(30, TimeUnit.SECONDS);
            if (exchange == null) {
                throw new AssertionError("no request came");
            }
            return exchange;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
