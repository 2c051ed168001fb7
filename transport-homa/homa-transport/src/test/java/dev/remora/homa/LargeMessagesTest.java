package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that go in parts: cancelled, lost, and more of them than there is memory for. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LargeMessagesTest {
    private static final int LARGE = 4_000_000;

    private final HomaFixture fixture = new HomaFixture(Map.of());
    private final HomaTransport serving =
            fixture.transport(Map.of(HomaSettings.JOIN_MEMORY.name(), "16MB", "join-memory-per-peer", "8MB"));
    private final HomaTransport calling = fixture.transport(Map.of());

    @AfterEach
    void close() {
        calling.close();
        serving.close();
        assertNothingIsHeld();
    }

    private void assertNothingIsHeld() {
        Patience.until(() -> calling.buffersInUse() == 0, "the client's memory comes back");
        Patience.until(() -> serving.buffersInUse() == 0, "the server's memory comes back");
        Patience.until(() -> serving.context().joins().size() == 0, "no request is being joined");
        Patience.until(() -> serving.context().kept().bytes() == 0, "no response is kept");
    }

    private ClientTransport client(RequestHandler handler) {
        Endpoint server = serving.listen(fixture.anyAddress(), handler).localAddress();
        return calling.connect(server);
    }

    /** A call and its end: the response's bytes, or the reason of its failure as an exception. */
    private static final class Call implements ResponseHandler {
        final CompletableFuture<byte[]> response = new CompletableFuture<>();
        final CompletableFuture<Reason> failure = new CompletableFuture<>();
        final TransportCall call;

        Call(ClientTransport client, byte[] request) {
            call = client.call(MessagePattern.fill(client.allocate(request.length), request), 0, this);
        }

        @Override
        public void onResponse(MessageBuffer message) {
            response.complete(MessagePattern.take(message));
        }

        @Override
        public void onFailure(TransportException e) {
            failure.complete(e.reason());
            response.completeExceptionally(e);
        }
    }

    private static void echo(ServerExchange exchange, MessageBuffer request) {
        byte[] bytes = MessagePattern.take(request);
        exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
    }

    @Test
    void sizesAroundTheLimitOfOneHomaMessageComeBackWhole() {
        ClientTransport client = client(LargeMessagesTest::echo);
        for (int bytes : new int[] {999_998, 999_999, 1_000_000, 4 * Parts.BYTES, 4 * Parts.BYTES + 1, LARGE}) {
            byte[] request = MessagePattern.bytes(bytes, bytes);
            assertThat(Patience.await(new Call(client, request).response, "a response"))
                    .isEqualTo(request);
        }
        assertNothingIsHeld();
    }

    @Test
    void cancelOfALargeRequestReachesItsHandler() {
        AtomicReference<ServerExchange> exchange = new AtomicReference<>();
        CompletableFuture<Boolean> arrived = new CompletableFuture<>();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        ClientTransport client = client((each, request) -> {
            request.release();
            exchange.set(each);
            each.onCancel(() -> cancelled.complete(true));
            arrived.complete(true);
        });
        Call call = new Call(client, new byte[LARGE]);
        Patience.await(arrived, "the request");
        call.call.cancel();
        assertThat(Patience.await(call.failure, "the end of the call")).isEqualTo(Reason.CANCELLED);
        Patience.await(cancelled, "the handler hears of it");
        exchange.get().respond(exchange.get().allocate(LARGE));
    }

    @Test
    void cancelAtAnyTimeLeavesNothingBehind() {
        ClientTransport client = client(LargeMessagesTest::echo);
        byte[] request = MessagePattern.bytes(3, LARGE);
        for (int i = 0; i < 30; i++) {
            Call call = new Call(client, request);
            // Later and later: while its parts are sent, while it is served, while its response is fetched.
            long endNs = System.nanoTime() + i * 400_000L;
            while (System.nanoTime() < endNs) {
                Thread.onSpinWait();
            }
            call.call.cancel();
            Patience.until(call.response::isDone, "the end of a call");
            if (!call.response.isCompletedExceptionally()) {
                assertThat(call.response.join()).isEqualTo(request);
            }
            assertNothingIsHeld();
        }
        assertThat(Patience.await(new Call(client, request).response, "a response"))
                .isEqualTo(request);
    }

    @Test
    void requestsBeyondTheMemoryOfThePeerAreRefusedAndNotExecuted() {
        ClientTransport client = client(LargeMessagesTest::echo);
        byte[] request = new byte[8_000_001];
        assertThat(Patience.await(new Call(client, request).failure, "the end of the call"))
                .isEqualTo(Reason.REFUSED);
        byte[] smaller = MessagePattern.bytes(1, LARGE);
        assertThat(Patience.await(new Call(client, smaller).response, "a response"))
                .isEqualTo(smaller);
    }

    @Test
    void closingTheServerEndsALargeCallAsLost() {
        CompletableFuture<ServerExchange> exchange = new CompletableFuture<>();
        ClientTransport client = client((each, request) -> {
            request.release();
            exchange.complete(each);
        });
        Call call = new Call(client, new byte[LARGE]);
        ServerExchange held = Patience.await(exchange, "the request");
        serving.close();
        assertThat(Patience.await(call.failure, "the end of the call")).isEqualTo(Reason.PEER_LOST);
        held.abort();
    }
}
