package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.contract.TransportFixture;
import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Command;
import dev.remora.homa.engine.Received;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.protocol.RpcError;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What several engines of a transport do together. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SeveralEnginesTest {
    private final List<HomaTransport> transports = new ArrayList<>();
    private final MemoryNetwork.Hub hub = new MemoryNetwork.Hub();

    private HomaTransport transport(int engines, boolean steered) {
        HomaTransport made = new HomaFixture(hub, steered, Map.of())
                .transport(Map.of(HomaSettings.ENGINES.name(), Integer.toString(engines)));
        transports.add(made);
        return made;
    }

    @AfterEach
    void close() {
        transports.forEach(HomaTransport::close);
    }

    private static void echo(ServerExchange exchange, MessageBuffer request) {
        byte[] bytes = MessagePattern.take(request);
        exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
    }

    private static ClientTransport client(HomaTransport calling, HomaTransport serving) {
        TransportFixture fixture = new HomaFixture(Map.of());
        return calling.connect(
                serving.listen(fixture.anyAddress(), SeveralEnginesTest::echo).localAddress());
    }

    private static void echo(ClientTransport client, int calls) {
        List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            outcomes.add(InterfaceRig.call(client, MessagePattern.bytes(i, 1 + 37 * i)));
        }
        for (int i = 0; i < calls; i++) {
            assertThat(Patience.await(outcomes.get(i), "call " + i)).isEqualTo(MessagePattern.bytes(i, 1 + 37 * i));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1", "2, 2", "3, 2", "1, 4"})
    void callsAreSpreadOverTheEnginesOfBothSides(int callers, int servers) {
        HomaTransport calling = transport(callers, true);
        HomaTransport serving = transport(servers, true);
        echo(client(calling, serving), 240);

        assertThat(MetricValues.of(calling, "packets-received"))
                .hasSize(callers)
                .allMatch(packets -> packets > 20);
        assertThat(MetricValues.of(serving, "packets-received"))
                .hasSize(servers)
                .allMatch(packets -> packets > 20);
        assertThat(MetricValues.sum(calling, "packets-passed-on")).isZero();
        assertThat(MetricValues.sum(serving, "packets-passed-on")).isZero();
        assertThat(MetricValues.value(calling, "protocol.foreign-owner")).isZero();
    }

    @Test
    void packetsThatComeToAnyEngineFindTheRightOne() {
        HomaTransport calling = transport(2, false);
        HomaTransport serving = transport(3, false);
        echo(client(calling, serving), 200);

        for (HomaTransport each : transports) {
            long passedOn = MetricValues.sum(each, "packets-passed-on");
            assertThat(passedOn).isGreaterThan(50);
            Patience.until(
                    () -> MetricValues.sum(each, "packets-taken-over") == MetricValues.sum(each, "packets-passed-on"),
                    "what was passed on is taken over");
            assertThat(MetricValues.sum(each, "packets-not-passed-on")).isZero();
        }
        assertThat(MetricValues.value(calling, "protocol.client-failed")).isZero();
        assertThat(MetricValues.value(serving, "protocol.server-requests-done")).isEqualTo(200);
    }

    /** Each blocking caller drives an engine that nobody else drives, and keeps to it. */
    @Test
    void waitingCallersDriveTheEnginesOfTheirCalls() throws InterruptedException {
        HomaTransport calling = transport(2, true);
        HomaTransport serving = transport(2, true);
        ClientTransport client = client(calling, serving);
        echo(client, 4);
        int callers = 4;
        CountDownLatch done = new CountDownLatch(callers);
        Map<Throwable, Integer> problems = new ConcurrentHashMap<>();
        for (int c = 0; c < callers; c++) {
            int caller = c;
            Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 200; i++) {
                        blockingEcho(client, MessagePattern.bytes(caller * 1_000 + i, 100));
                    }
                } catch (Throwable e) {
                    problems.put(e, caller);
                } finally {
                    done.countDown();
                }
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(problems).isEmpty();
        assertThat(MetricValues.sum(calling, "caller-rounds")).isPositive();
    }

    private static void blockingEcho(ClientTransport client, byte[] request) {
        CompletableFuture<byte[]> outcome = new CompletableFuture<>();
        TransportCall call =
                client.call(MessagePattern.fill(client.allocate(request.length), request), 0, new ResponseHandler() {
                    @Override
                    public void onResponse(MessageBuffer message) {
                        outcome.complete(MessagePattern.take(message));
                    }

                    @Override
                    public void onFailure(TransportException e) {
                        outcome.completeExceptionally(e);
                    }

                    @Override
                    public boolean willDrive() {
                        return true;
                    }
                });
        while (!outcome.isDone() && call.drive()) {
            Thread.onSpinWait();
        }
        assertThat(Patience.await(outcome, "the response")).isEqualTo(request);
    }

    @Test
    void anEngineThatTheThreadDoesNotDriveRefusesItsCommands() {
        HomaTransport two = transport(2, true);
        Shard first = two.shards().get(0);
        Shard second = two.shards().get(1);
        ClientRpc nobody = new ClientRpc() {
            @Override
            protected void onResponse(Received response) {}

            @Override
            protected void onFailed(RpcError error, boolean heard) {}
        };
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        first.engine().post(new Command() {
            @Override
            protected void run() {
                try {
                    second.engine()
                            .send(
                                    nobody,
                                    0,
                                    1,
                                    4_000,
                                    40_000,
                                    MemorySegment.NULL,
                                    MemorySegment.ofArray(new byte[10]),
                                    0,
                                    10);
                    thrown.complete(new AssertionError("it took the request"));
                } catch (IllegalStateException e) {
                    thrown.complete(e);
                }
            }

            @Override
            protected void refused() {}
        });
        assertThat(Patience.await(thrown, "the attempt"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("submit a command");
        assertThatThrownBy(() -> first.engine().listen(4_000)).hasMessageContaining("not by");
    }

    @Test
    void theGrantBudgetIsOneForAllEngines() {
        HomaTransport calling = transport(2, true);
        HomaTransport serving = transport(2, true);
        ClientTransport client = client(calling, serving);
        List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            outcomes.add(InterfaceRig.call(client, MessagePattern.bytes(i, 900_000)));
        }
        for (int i = 0; i < outcomes.size(); i++) {
            assertThat(Patience.await(outcomes.get(i), "call " + i)).isEqualTo(MessagePattern.bytes(i, 900_000));
        }
        assertThat(MetricValues.value(serving, "protocol.packets-sent-grant")).isPositive();
        Patience.until(() -> MetricValues.value(serving, "incoming-bytes") == 0, "nothing is under way any more");
        assertThat(MetricValues.value(calling, "incoming-bytes")).isZero();
    }
}
