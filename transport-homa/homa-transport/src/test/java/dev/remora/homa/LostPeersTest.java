package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.Patience;
import dev.remora.homa.engine.Command;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that go between two steps of those who want to call them. */
class LostPeersTest {
    private static final Endpoint ANY = new Endpoint("10.0.0.1", 0);
    private static final ContractSettings SETTINGS = ContractSettings.of(
            new HomaTransportProvider(), Map.of("protocol.timeout-ticks", Integer.toString(HomaFixture.PATIENT_TICKS)));

    private final MemoryNetwork.Hub hub = new MemoryNetwork.Hub();
    private final MemoryNetwork serverNetwork = hub.attach();
    private HomaTransport serving;
    private ServerTransport server;

    @BeforeEach
    void serve() {
        serving = new HomaTransport(serverNetwork, SETTINGS);
        server = serving.listen(ANY, (exchange, request) -> {
            MessageBuffer answer = exchange.allocate(request.size());
            answer.bytes().put(request.bytes());
            answer.bytes().flip();
            request.release();
            exchange.respond(answer);
        });
    }

    @AfterEach
    void close() {
        serving.close();
    }

    private static MessageBuffer request(ClientTransport client) {
        MessageBuffer request = client.allocate(3);
        request.bytes().put(new byte[] {1, 2, 3}).flip();
        return request;
    }

    private static NotedCall.Ending await(NotedCall call) {
        return Patience.await(call.ending, "the call ends");
    }

    /** It was told before the finder could say whom it had found. */
    @Test
    void aServerThatIsLostWhileItIsFoundIsLookedForAgain() {
        AtomicInteger searches = new AtomicInteger();
        PeerAddress dead = new PeerAddress(
                0, hub.attach().address().low(), server.localAddress().port());
        WatchedNetwork network = new WatchedNetwork(hub.attach()) {
            @Override
            public void resolve(Endpoint wanted, Resolution outcome) {
                if (searches.incrementAndGet() == 1) {
                    lose(dead);
                    outcome.found(dead);
                } else {
                    super.resolve(wanted, outcome);
                }
            }
        };
        try (HomaTransport calling = new HomaTransport(network, SETTINGS)) {
            ClientTransport client = calling.connect(server.localAddress());
            NotedCall call = new NotedCall();
            client.call(request(client), 0, call);
            assertThat(await(call).response()).containsExactly(1, 2, 3);
            assertThat(searches).hasValue(2);
        }
    }

    @Test
    void theLossOfOthersMeanwhileIsNothing() {
        AtomicInteger searches = new AtomicInteger();
        PeerAddress other = hub.attach().address();
        WatchedNetwork network = new WatchedNetwork(hub.attach()) {
            @Override
            public void resolve(Endpoint wanted, Resolution outcome) {
                searches.incrementAndGet();
                lose(other);
                super.resolve(wanted, outcome);
            }
        };
        try (HomaTransport calling = new HomaTransport(network, SETTINGS)) {
            ClientTransport client = calling.connect(server.localAddress());
            NotedCall call = new NotedCall();
            client.call(request(client), 0, call);
            assertThat(await(call).response()).containsExactly(1, 2, 3);
            assertThat(searches).hasValue(1);
        }
    }

    /** Then it cannot have run; without a look at that it would be sent into nowhere, and end as one that may have. */
    @Test
    void aServerThatIsLostJustBeforeACallIsSentIsUnreachable() {
        WatchedNetwork network = new WatchedNetwork(hub.attach());
        try (HomaTransport calling = new HomaTransport(network, SETTINGS)) {
            ClientTransport client = calling.connect(server.localAddress());
            NotedCall first = new NotedCall();
            client.call(request(client), 0, first);
            assertThat(await(first).failure()).isNull();
            NotedCall second = new NotedCall();
            // Asked when the way has been chosen, and nothing is sent yet.
            client.call(request(client), 0, whenAsked(second, () -> network.lose(serverNetwork.address())));
            TransportException failure = Objects.requireNonNull(await(second).failure());
            assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
            afterAllCommands(calling);
            NotedCall third = new NotedCall();
            client.call(request(client), 0, third);
            assertThat(await(third).failure()).as("it is found again").isNull();
            assertThat(client.outstanding()).isZero();
            Patience.until(() -> calling.buffersInUse() == 0, "all memory is given back");
        }
    }

    /** The loss is told to the engine by a command, and ends what is under way then. */
    private static void afterAllCommands(HomaTransport transport) {
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        transport.shards().getFirst().engine().post(new Command() {
            @Override
            protected void run() {
                ran.complete(true);
            }

            @Override
            protected void refused() {}
        });
        Patience.await(ran, "the commands before are run");
    }

    private static ResponseHandler whenAsked(NotedCall call, Runnable action) {
        AtomicBoolean asked = new AtomicBoolean();
        return new ResponseHandler() {
            @Override
            public boolean willDrive() {
                if (!asked.getAndSet(true)) {
                    action.run();
                }
                return false;
            }

            @Override
            public void onResponse(MessageBuffer response) {
                call.onResponse(response);
            }

            @Override
            public void onFailure(TransportException failure) {
                call.onFailure(failure);
            }
        };
    }

    @Test
    void aTransportThatCannotStartLeavesNothingOpen() {
        WatchedNetwork network = new WatchedNetwork(hub.attach(3, true)) {
            @Override
            public void onPeerLost(Consumer<PeerAddress> newListener) {
                throw new IllegalStateException("no memory for that");
            }
        };
        assertThatThrownBy(() -> new HomaTransport(network, SETTINGS)).hasMessage("no memory for that");
        assertThat(network.closings).hasValue(1);
        assertThat(network.ports())
                .hasSize(3)
                .allSatisfy(port -> assertThatThrownBy(port::flush).hasMessage("port is closed"));
    }
}
