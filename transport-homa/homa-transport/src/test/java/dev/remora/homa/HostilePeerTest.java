package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from the network is never trusted: whatever a peer sends, only its own calls suffer. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HostilePeerTest {
    private static final int TOTAL = 1_200_000;

    private final HomaFixture fixture = new HomaFixture(Map.of(HomaSettings.TRANSFER_TIMEOUT.name(), "100ms"));
    private final HomaTransport transport = fixture.transport(Map.of());
    private final RawPeer raw = new RawPeer(fixture.hub());

    @AfterEach
    void close() {
        raw.close();
        transport.close();
        Patience.until(() -> transport.buffersInUse() == 0, "all memory given back");
    }

    private static void echo(ServerExchange exchange, MessageBuffer request) {
        byte[] bytes = MessagePattern.take(request);
        exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
    }

    private Endpoint serveEcho() {
        return transport.listen(fixture.anyAddress(), HostilePeerTest::echo).localAddress();
    }

    private static byte[] part(long token, int total, int offset, int bytes) {
        return ByteBuffer.allocate(17 + bytes)
                .put(MessageKind.REQUEST_PART.code())
                .putLong(token)
                .putInt(total)
                .putInt(offset)
                .array();
    }

    private byte[] answer(Endpoint server, byte[] request) {
        return Patience.await(raw.send(server, request), "an answer");
    }

    @Test
    void randomRequestsAreAnsweredAndHarmNobody() {
        Endpoint server = serveEcho();
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int batch = 0; batch < 100; batch++) {
            // Few at a time: this is not about packets lost in full queues.
            List<CompletableFuture<byte[]>> answers = new ArrayList<>();
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                byte[] request = new byte[1 + random.nextInt(60)];
                random.nextBytes(request);
                if (random.nextBoolean()) {
                    request[0] = (byte) (1 + random.nextInt(6));
                }
                answers.add(raw.send(server, request));
                sent.add(request);
            }
            answers.forEach(each -> assertThat(Patience.await(
                            each,
                            "an answer; seed " + seed + " to "
                                    + java.util.HexFormat.of().formatHex(sent.get(answers.indexOf(each)))))
                    .as("seed %d", seed)
                    .isNotEmpty());
        }
        assertThat(transport.context().joins().size()).isZero();
        byte[] whole = {MessageKind.REQUEST.code(), 1, 2, 3};
        assertThat(answer(server, whole)).containsExactly(MessageKind.RESPONSE.code(), 1, 2, 3);
    }

    @Test
    void aRequestThatNeverBecomesWholeIsGivenUp() {
        Endpoint server = serveEcho();
        CompletableFuture<byte[]> main = raw.send(server, part(7, TOTAL, 0, Parts.BYTES));
        assertThat(answer(server, part(7, TOTAL, Parts.BYTES, Parts.BYTES)))
                .containsExactly(MessageKind.ACCEPTED.code());
        assertThat(Patience.await(main, "the end of the first part")).containsExactly(MessageKind.UNKNOWN.code());
        assertThat(transport.context().joining().used()).isZero();
    }

    @Test
    void aResponseThatIsNeverFetchedIsGivenUp() {
        AtomicInteger served = new AtomicInteger();
        Endpoint server = transport
                .listen(fixture.anyAddress(), (exchange, request) -> {
                    request.release();
                    served.incrementAndGet();
                    exchange.respond(exchange.allocate(TOTAL));
                })
                .localAddress();
        byte[] first = answer(server, new byte[] {MessageKind.REQUEST.code()});
        assertThat(first[0]).isEqualTo(MessageKind.RESPONSE_FIRST.code());
        long token = ByteBuffer.wrap(first).getLong(1);
        assertThat(ByteBuffer.wrap(first).getInt(9)).isEqualTo(TOTAL);
        Patience.until(() -> transport.context().kept().bytes() == 0, "the response is dropped");
        byte[] pull = ByteBuffer.allocate(13)
                .put(MessageKind.PULL.code())
                .putLong(token)
                .putInt(Parts.BYTES)
                .array();
        assertThat(answer(server, pull)).containsExactly(MessageKind.UNKNOWN.code());
        assertThat(served).hasValue(1);
    }

    /** How a call ends. */
    private Reason callOf(UnaryOperator<byte[]> answers, byte[] request) {
        CompletableFuture<Reason> outcome = new CompletableFuture<>();
        try (ClientTransport client = transport.connect(raw.serve(answers))) {
            client.call(MessagePattern.fill(client.allocate(request.length), request), 0, new ResponseHandler() {
                @Override
                public void onResponse(MessageBuffer response) {
                    response.release();
                    outcome.completeExceptionally(new AssertionError("a response"));
                }

                @Override
                public void onFailure(TransportException failure) {
                    outcome.complete(failure.reason());
                }
            });
            return Patience.await(outcome, "the end of a call");
        }
    }

    private static byte[] first(int total, int bytes) {
        return ByteBuffer.allocate(13 + bytes)
                .put(MessageKind.RESPONSE_FIRST.code())
                .putLong(9)
                .putInt(total)
                .array();
    }

    @Test
    void answersThatMeanNothingAreTheServersFault() {
        assertThat(callOf(request -> new byte[] {0}, new byte[3])).isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> new byte[] {MessageKind.REQUEST.code()}, new byte[3]))
                .isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> new byte[] {MessageKind.PART.code()}, new byte[3]))
                .isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> new byte[] {MessageKind.MALFORMED.code()}, new byte[3]))
                .isEqualTo(Reason.PROTOCOL);
    }

    @Test
    void refusalsAreTold() {
        assertThat(callOf(request -> new byte[] {MessageKind.REFUSED.code()}, new byte[3]))
                .isEqualTo(Reason.REFUSED);
        assertThat(callOf(request -> new byte[] {MessageKind.FULL.code()}, new byte[3]))
                .isEqualTo(Reason.REFUSED);
        assertThat(callOf(request -> new byte[] {MessageKind.LOST.code()}, new byte[3]))
                .isEqualTo(Reason.PEER_LOST);
        assertThat(callOf(request -> new byte[] {MessageKind.REFUSED.code()}, new byte[TOTAL]))
                .isEqualTo(Reason.REFUSED);
        assertThat(callOf(request -> new byte[] {MessageKind.UNKNOWN.code()}, new byte[TOTAL]))
                .isEqualTo(Reason.PEER_LOST);
    }

    @Test
    void largeResponsesThatDoNotFitAreRefused() {
        assertThat(callOf(request -> first(TOTAL, 5), new byte[3])).isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> first(-1, Parts.BYTES), new byte[3])).isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> first(1000, 1000), new byte[3])).isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(request -> first(Integer.MAX_VALUE, Parts.BYTES), new byte[3]))
                .isEqualTo(Reason.RESPONSE_TOO_LARGE);
        assertThat(callOf(
                        request -> request[0] == MessageKind.PULL.code()
                                ? new byte[] {MessageKind.PART.code(), 1}
                                : first(TOTAL, Parts.BYTES),
                        new byte[3]))
                .isEqualTo(Reason.PROTOCOL);
        assertThat(callOf(
                        request -> request[0] == MessageKind.PULL.code()
                                ? new byte[] {MessageKind.UNKNOWN.code()}
                                : first(TOTAL, Parts.BYTES),
                        new byte[3]))
                .isEqualTo(Reason.PEER_LOST);
    }
}
