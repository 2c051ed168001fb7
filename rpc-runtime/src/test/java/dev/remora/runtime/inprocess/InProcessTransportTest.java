package dev.remora.runtime.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.Patience;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InProcessTransportTest {
    private static final Endpoint ANY = new Endpoint("here", 0);

    private final InProcessTransport transport = InProcessTransport.create();

    @AfterEach
    void close() {
        transport.close();
    }

    /** Completes with the response or its failure. */
    private static final class Answer extends CompletableFuture<MessageBuffer> implements ResponseHandler {
        @Override
        public void onResponse(MessageBuffer response) {
            complete(response);
        }

        @Override
        public void onFailure(TransportException failure) {
            completeExceptionally(failure);
        }
    }

    private static void echo(ServerExchange exchange, MessageBuffer request) {
        MessageBuffer response = exchange.allocate(request.size());
        response.bytes().put(request.bytes());
        request.release();
        exchange.respond(response);
    }

    @Test
    void defaultsAreThoseOfTheSettings() {
        InProcessTransportProvider provider = new InProcessTransportProvider();
        try (Transport fromSettings = provider.create(ContractSettings.of(provider, Map.of()))) {
            assertThat(fromSettings.capabilities()).isEqualTo(transport.capabilities());
            assertThat(fromSettings.capabilities().maxMessageBytes()).isEqualTo(16 << 20);
            assertThat(fromSettings.name()).isEqualTo(provider.name());
        }
    }

    @Test
    void secondReleaseIsAnError() {
        MessageBuffer buffer = transport.connect(new Endpoint("x", 1)).allocate(4);
        buffer.release();
        assertThatThrownBy(buffer::release)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("released");
        assertThat(transport.buffersInUse()).isZero();
    }

    @Test
    void bufferThatWasHandedOnCannotBeUsedBySender() {
        ServerTransport server = transport.listen(ANY, InProcessTransportTest::echo);
        ClientTransport client = transport.connect(server.localAddress());
        MessageBuffer request = client.allocate(4);
        Answer answer = new Answer();
        client.call(request, 0, answer);
        assertThatThrownBy(request::bytes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(request::release).isInstanceOf(IllegalStateException.class);
        MessageBuffer response = Patience.await(answer, "a response");
        assertThat(transport.buffersInUse()).isEqualTo(1);
        response.release();
        assertThat(transport.buffersInUse()).isZero();
    }

    @Test
    void releasedMemoryIsNotUsedForAnotherMessage() {
        ServerTransport server = transport.listen(ANY, InProcessTransportTest::echo);
        ClientTransport client = transport.connect(server.localAddress());
        MessageBuffer first = client.allocate(8);
        ByteBuffer stale = first.bytes();
        first.release();
        MessageBuffer second = client.allocate(8);
        second.bytes().putLong(42);
        stale.putLong(0, -1);
        Answer answer = new Answer();
        client.call(second, 0, answer);
        MessageBuffer response = Patience.await(answer, "a response");
        assertThat(response.bytes().getLong()).isEqualTo(42);
        response.release();
    }

    @Test
    void bufferOfAnotherTransportIsRefused() {
        MessageBuffer foreign = new MessageBuffer() {
            @Override
            public ByteBuffer bytes() {
                return ByteBuffer.allocate(0);
            }

            @Override
            public int size() {
                return 0;
            }

            @Override
            public void release() {}
        };
        ClientTransport client = transport.connect(new Endpoint("x", 1));
        assertThatThrownBy(() -> client.call(foreign, 0, new Answer()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allocate()");
    }

    @Test
    void secondEndOfAnExchangeIsAnError() {
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        ServerTransport server = transport.listen(ANY, (exchange, request) -> {
            echo(exchange, request);
            try {
                exchange.respond(exchange.allocate(1));
                second.complete(new AssertionError("it was taken"));
            } catch (IllegalStateException e) {
                second.complete(e);
            }
        });
        Answer answer = new Answer();
        ClientTransport client = transport.connect(server.localAddress());
        client.call(client.allocate(3), 0, answer);
        MessageBuffer response = Patience.await(answer, "a response");
        assertThat(response.size()).isEqualTo(3);
        response.release();
        assertThat(Patience.await(second, "the second response")).isInstanceOf(IllegalStateException.class);
        assertThat(transport.buffersInUse()).isZero();
    }

    @Test
    void serverRefusesRequestsBeyondItsBoundUntilHandlersEndOthers() {
        InProcessTransportProvider provider = new InProcessTransportProvider();
        BlockingQueue<ServerExchange> held = new LinkedBlockingQueue<>();
        try (Transport bounded = provider.create(ContractSettings.of(provider, Map.of("max-requests", "2")))) {
            ServerTransport server = bounded.listen(ANY, (exchange, request) -> {
                request.release();
                held.add(exchange);
            });
            ClientTransport client = transport.connect(server.localAddress());
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(new Answer());
                client.call(client.allocate(1), 0, answers.get(i));
            }
            assertThatThrownBy(() -> Patience.await(answers.get(2), "a refusal"))
                    .cause()
                    .isInstanceOfSatisfying(TransportException.class, e -> {
                        assertThat(e.reason()).isEqualTo(TransportException.Reason.REFUSED);
                        assertThat(e).hasMessageContaining("max-requests");
                    });
            take(held).abort();
            take(held).abort();
            client.call(client.allocate(1), 0, new Answer());
            take(held).abort();
        }
    }

    @Test
    void oneThreadKeepsTheOrder() {
        assertThat(transport.capabilities().ordered()).isTrue();
        List<Integer> seen = new ArrayList<>();
        Answer last = new Answer();
        ServerTransport server = transport.listen(ANY, (exchange, request) -> {
            seen.add(request.bytes().getInt(0));
            echo(exchange, request);
        });
        ClientTransport client = transport.connect(server.localAddress());
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            MessageBuffer request = client.allocate(4);
            request.bytes().putInt(i);
            sent.add(i);
            Answer answer = i == 999 ? last : new Answer();
            answer.thenAccept(MessageBuffer::release);
            client.call(request, 0, answer);
        }
        Patience.await(last, "the last response");
        assertThat(seen).isEqualTo(sent);
    }

    @Test
    void callingPortZeroIsAMistakeThatIsExplained() {
        assertThatThrownBy(() -> transport.connect(ANY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("localAddress()");
    }

    @Test
    void transportMayBeClosedWithinAHandler() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        InProcessTransport own = InProcessTransport.create();
        ServerTransport server = own.listen(ANY, (exchange, request) -> {
            request.release();
            own.close();
            closed.complete(true);
        });
        ClientTransport client = transport.connect(server.localAddress());
        Answer answer = new Answer();
        client.call(client.allocate(1), 0, answer);
        assertThat(Patience.await(closed, "close returns")).isTrue();
        assertThatThrownBy(() -> Patience.await(answer, "a failure")).hasCauseInstanceOf(TransportException.class);
    }

    @Test
    void closedTransportMakesNothingNew() {
        transport.close();
        assertThatThrownBy(() -> transport.connect(new Endpoint("x", 1)))
                .isInstanceOfSatisfying(
                        TransportException.class,
                        e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.CLOSED));
        assertThatThrownBy(() -> transport.listen(ANY, InProcessTransportTest::echo))
                .isInstanceOf(TransportException.class);
    }

    private static ServerExchange take(BlockingQueue<ServerExchange> held) {
        try {
            ServerExchange exchange = held.poll(Patience.BOUND_S, TimeUnit.SECONDS);
            if (exchange == null) {
                throw new AssertionError("no request arrived");
            }
            return exchange;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
