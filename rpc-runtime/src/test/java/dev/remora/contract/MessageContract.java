package dev.remora.contract;

import static dev.remora.spi.TransportException.Reason.ABORTED;
import static dev.remora.spi.TransportException.Reason.PEER_LOST;
import static dev.remora.spi.TransportException.Reason.PROTOCOL;
import static dev.remora.spi.TransportException.Reason.REFUSED;
import static dev.remora.spi.TransportException.Reason.RESPONSE_TOO_LARGE;
import static dev.remora.spi.TransportException.Reason.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages: every size arrives whole, and none that is too large arrives at all. */
public interface MessageContract extends TransportSubject {
    /** Above it a message needs many packets on any transport, and below it every transport can be limited. */
    int SMALL_LIMIT_BYTES = 64 << 10;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 1 << 10, 64 << 10, (64 << 10) + 1, 1 << 20})
    default void messageComesBackWhole(int size) {
        ServerTransport server = rig().serve(TransportRig::echo);
        byte[] request = MessagePattern.bytes(size, size);
        assertThat(rig().call(rig().clientOf(server), request).response()).isEqualTo(request);
    }

    @Test
    default void largestMessageComesBackWhole() {
        ServerTransport server = rig().serve(TransportRig::echo);
        Transport transport = rig().transport();
        ClientTransport client = transport.connect(server.localAddress());
        byte[] request = MessagePattern.bytes(7, transport.capabilities().maxMessageBytes());
        assertThat(rig().call(client, request).response()).isEqualTo(request);
    }

    @Test
    default void responseMayHaveAnotherSizeThanItsRequest() {
        byte[] large = MessagePattern.bytes(8, 300_000);
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));

        RecordedCall grows = rig().call(client, new byte[0]);
        TransportRig.Held first = TransportRig.next(held);
        first.exchange().respond(MessagePattern.fill(first.exchange().allocate(large.length), large));
        assertThat(grows.response()).isEqualTo(large);

        RecordedCall shrinks = rig().call(client, large);
        TransportRig.Held second = TransportRig.next(held);
        assertThat(second.request()).isEqualTo(large);
        second.exchange().respond(second.exchange().allocate(0));
        assertThat(shrinks.response()).isEmpty();
    }

    @Test
    default void bufferStartsAtZeroEndsAtItsSizeAndIsBigEndian() {
        CompletableFuture<String> atServer = new CompletableFuture<>();
        ServerTransport server = rig().serve((exchange, request) -> {
            atServer.complete(describe(request));
            TransportRig.echo(exchange, request);
        });
        ClientTransport client = rig().clientOf(server);
        MessageBuffer buffer = client.allocate(12);
        assertThat(describe(buffer)).isEqualTo("0..12 of 12 BIG_ENDIAN");
        buffer.bytes().putInt(1).putLong(2);
        RecordedCall call = rig().recorded(() -> {});
        client.call(buffer, 0, call);
        assertThat(Patience.await(atServer, "a request")).isEqualTo("0..12 of 12 BIG_ENDIAN");
        assertThat(call.response()).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2);
    }

    @Test
    default void bufferThatIsNotSentCanBeReleased() {
        ServerTransport server = rig().serve(TransportRig::echo);
        ClientTransport client = rig().clientOf(server);
        client.allocate(1000).release();
        client.allocate(0).release();
        assertThat(rig().call(client, new byte[3]).response()).hasSize(3);
    }

    @Test
    default void messageAboveTheOwnLimitIsNotEvenAllocated() {
        CompletableFuture<TransportException> atServer = new CompletableFuture<>();
        Transport transport = rig().transport(fixture().maxMessageBytes(SMALL_LIMIT_BYTES));
        assertThat(transport.capabilities().maxMessageBytes()).isEqualTo(SMALL_LIMIT_BYTES);
        ServerTransport server = transport.listen(fixture().anyAddress(), (exchange, request) -> {
            request.release();
            atServer.complete(
                    catchThrowableOfType(TransportException.class, () -> exchange.allocate(SMALL_LIMIT_BYTES + 1)));
            exchange.respond(exchange.allocate(0));
        });
        ClientTransport client =
                rig().transport(fixture().maxMessageBytes(SMALL_LIMIT_BYTES)).connect(server.localAddress());

        TransportException atClient =
                catchThrowableOfType(TransportException.class, () -> client.allocate(SMALL_LIMIT_BYTES + 1));
        assertThat(atClient.reason()).isEqualTo(TOO_LARGE);
        assertThat(atClient).hasMessageContaining(Integer.toString(SMALL_LIMIT_BYTES));

        assertThat(rig().call(client, new byte[SMALL_LIMIT_BYTES]).response()).isEmpty();
        assertThat(Patience.await(atServer, "a request").reason()).isEqualTo(TOO_LARGE);
    }

    @Test
    default void responseAboveTheClientsLimitFailsOnlyItsCall() {
        ServerTransport server = rig().serve((exchange, request) -> {
            byte[] bytes = MessagePattern.take(request);
            exchange.respond(exchange.allocate(bytes.length == 0 ? SMALL_LIMIT_BYTES + 1 : bytes.length));
        });
        ClientTransport client =
                rig().transport(fixture().maxMessageBytes(SMALL_LIMIT_BYTES)).connect(server.localAddress());

        TransportException failure = rig().call(client, new byte[0]).failure(RESPONSE_TOO_LARGE);
        assertThat(failure.reason().mayHaveRun()).isTrue();
        assertThat(rig().call(client, new byte[SMALL_LIMIT_BYTES]).response()).hasSize(SMALL_LIMIT_BYTES);
    }

    @Test
    default void requestAboveTheServersLimitIsNotExecutedAndLaterCallsWork() {
        AtomicInteger largest = new AtomicInteger();
        Transport transport = rig().transport(fixture().maxMessageBytes(SMALL_LIMIT_BYTES));
        ServerTransport server = transport.listen(fixture().anyAddress(), (exchange, request) -> {
            largest.accumulateAndGet(request.size(), Math::max);
            TransportRig.echo(exchange, request);
        });
        ClientTransport client = rig().clientOf(server);

        rig().call(client, new byte[SMALL_LIMIT_BYTES * 4]).failure(TOO_LARGE, REFUSED, ABORTED, PROTOCOL, PEER_LOST);
        assertThat(rig().call(client, new byte[SMALL_LIMIT_BYTES]).response()).hasSize(SMALL_LIMIT_BYTES);
        assertThat(largest).hasValue(SMALL_LIMIT_BYTES);
    }

    private static String describe(MessageBuffer buffer) {
        ByteOrder order = buffer.bytes().order();
        return buffer.bytes().position() + ".." + buffer.bytes().limit() + " of " + buffer.size() + " " + order;
    }
}
