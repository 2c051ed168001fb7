package dev.remora.contract;

import static dev.remora.spi.TransportException.Reason.BIND;
import static dev.remora.spi.TransportException.Reason.CLOSED;
import static dev.remora.spi.TransportException.Reason.REFUSED;
import static dev.remora.spi.TransportException.Reason.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The life of servers and transports: listen, drain, close. */
public interface ServingContract extends TransportSubject {
    @Test
    default void transportBearsItsProvidersName() {
        assertThat(rig().transport().name()).isEqualTo(fixture().provider().name());
        assertThat(fixture().provider().name()).matches("[a-z][a-z0-9-]*");
    }

    @Test
    default void portZeroBecomesARealPort() {
        Transport transport = rig().transport();
        Endpoint any = fixture().anyAddress();
        assertThat(any.port()).isZero();
        Endpoint first = transport.listen(any, TransportRig::echo).localAddress();
        Endpoint second = transport.listen(any, TransportRig::echo).localAddress();
        assertThat(first.port()).isPositive().isNotEqualTo(second.port());
        assertThat(rig().call(rig().transport().connect(first), new byte[1]).response())
                .hasSize(1);
    }

    @Test
    default void addressInUseIsNamedAndFreeAgainAfterClose() {
        ServerTransport server = rig().serve(TransportRig::echo);
        Endpoint address = server.localAddress();
        Transport other = rig().transport();
        TransportException failure =
                catchThrowableOfType(TransportException.class, () -> other.listen(address, TransportRig::echo));
        assertThat(failure.reason()).isEqualTo(BIND);
        assertThat(failure).hasMessageContaining(address.toString());
        assertThat(rig().call(rig().clientOf(server), new byte[1]).response()).hasSize(1);

        server.close();
        ServerTransport next = other.listen(address, TransportRig::echo);
        assertThat(next.localAddress()).isEqualTo(address);
        assertThat(rig().call(rig().clientOf(next), new byte[1]).response()).hasSize(1);
    }

    @Test
    default void drainingServerFinishesWhatItHasAndTakesNothingNew() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ServerTransport server = rig().serve(TransportRig.holding(held));
        ClientTransport client = rig().clientOf(server);
        RecordedCall before = rig().call(client, MessagePattern.bytes(3, 5000));
        TransportRig.Held request = TransportRig.next(held);
        server.drain();
        server.drain();
        for (int i = 0; i < 5; i++) {
            RecordedCall refused = rig().call(client, new byte[1]);
            assertThat(refused.failure(REFUSED, UNREACHABLE).reason().mayHaveRun())
                    .isFalse();
        }
        rig().call(rig().clientOf(server), new byte[1]).failure(REFUSED, UNREACHABLE);
        assertThat(before.isEnded()).isFalse();
        request.echo();
        assertThat(before.response()).isEqualTo(MessagePattern.bytes(3, 5000));
        assertThat(held).isEmpty();
    }

    @Test
    default void serverMayBeClosedTwiceAndWithinItsHandler() {
        AtomicReference<ServerTransport> server = new AtomicReference<>();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        server.set(rig().serve((exchange, request) -> {
            request.release();
            exchange.abort();
            server.get().close();
            server.get().close();
            closed.complete(true);
        }));
        RecordedCall call = rig().call(rig().clientOf(server.get()), new byte[1]);
        Patience.await(closed, "close returns within a handler");
        assertThat(call.end()).isPresent();
        server.get().close();
    }

    @Test
    default void closedTransportIsGoneWithAllItHad() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ServerTransport remote = rig().serve(TransportRig.holding(held));
        Transport transport = rig().transport();
        ServerTransport server = transport.listen(fixture().anyAddress(), TransportRig::echo);
        ClientTransport client = transport.connect(remote.localAddress());
        ClientTransport toServer = rig().clientOf(server);
        assertThat(rig().call(toServer, new byte[1]).response()).hasSize(1);
        RecordedCall outstanding = rig().call(client, new byte[1]);
        TransportRig.Held request = TransportRig.next(held);

        transport.close();
        transport.close();

        outstanding.failure(CLOSED);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
        rig().call(client, new byte[1]).failure(CLOSED);
        assertThat(rig().call(toServer, new byte[1]).end()).isPresent();
        request.exchange().abort();
    }

    @Test
    default void closedTransportsLeaveNoThread() {
        ServerTransport server = rig().serve(TransportRig::echo);
        ClientTransport client = rig().clientOf(server);
        assertThat(rig().call(client, new byte[1]).response()).hasSize(1);
        rig().close();
        assertThat(rig().leftThreads()).isEmpty();
    }
}
