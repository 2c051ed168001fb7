package dev.remora.contract;

import static dev.remora.spi.TransportException.Reason.ABORTED;
import static dev.remora.spi.TransportException.Reason.CLOSED;
import static dev.remora.spi.TransportException.Reason.PEER_LOST;
import static dev.remora.spi.TransportException.Reason.REFUSED;
import static dev.remora.spi.TransportException.Reason.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Peers that are absent, leave, or misbehave: the caller hears what happened and whether it is safe to try again. */
public interface LossContract extends TransportSubject {
    @Test
    default void absentServerIsUnreachableAndTheFailureNamesIt() {
        Endpoint nobody = absent();
        ClientTransport client = rig().transport().connect(nobody);
        assertThat(client.peer()).isEqualTo(nobody);
        TransportException failure = rig().call(client, new byte[10]).failure(UNREACHABLE);
        assertThat(failure).hasMessageContaining(nobody.toString());
        assertThat(failure.reason().mayHaveRun()).isFalse();
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    @Test
    default void serverThatComesLaterIsFound() {
        Endpoint address = absent();
        ClientTransport client = rig().transport().connect(address);
        rig().call(client, new byte[10]).failure(UNREACHABLE);
        rig().transport().listen(address, TransportRig::echo);
        callUntilAnswered(client);
    }

    @Test
    default void serverThatComesBackIsFound() {
        Endpoint address = null;
        ClientTransport client = null;
        for (int life = 0; life < 3; life++) {
            Transport transport = rig().transport();
            ServerTransport server =
                    transport.listen(address == null ? fixture().anyAddress() : address, TransportRig::echo);
            if (address == null || client == null) {
                address = server.localAddress();
                client = rig().transport().connect(address);
            }
            callUntilAnswered(client);
            transport.close();
        }
    }

    @Test
    default void serverThatClosesDuringTheCallsIsLost() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        Transport serving = rig().transport();
        assumeTrue(serving.capabilities().reportsPeerLoss());
        ServerTransport server = serving.listen(fixture().anyAddress(), TransportRig.holding(held));
        ClientTransport client = rig().clientOf(server);
        List<RecordedCall> calls = new ArrayList<>();
        List<TransportRig.Held> requests = new ArrayList<>();
        List<CompletableFuture<Boolean>> told = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(rig().call(client, new byte[100]));
            TransportRig.Held request = TransportRig.next(held);
            requests.add(request);
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            request.exchange().onCancel(() -> cancelled.complete(true));
            told.add(cancelled);
        }
        server.close();
        for (int i = 0; i < 10; i++) {
            assertThat(calls.get(i).failure(PEER_LOST).reason().mayHaveRun()).isTrue();
            Patience.await(told.get(i), "the handler hears that the exchange is cancelled");
        }
        requests.forEach(TransportRig.Held::echo);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    @Test
    default void clientThatClosesEndsItsCallsAndTheServerHears() {
        clientGoes(false);
    }

    @Test
    default void transportThatClosesEndsItsClientsCallsAndTheServerHears() {
        clientGoes(true);
    }

    private void clientGoes(boolean withItsTransport) {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        Transport serving = rig().transport();
        ServerTransport server = serving.listen(fixture().anyAddress(), TransportRig.holding(held));
        Transport calling = rig().transport();
        ClientTransport client = calling.connect(server.localAddress());
        RecordedCall call = rig().call(client, new byte[100]);
        TransportRig.Held request = TransportRig.next(held);
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        request.exchange().onCancel(() -> told.complete(true));
        if (withItsTransport) {
            calling.close();
        } else {
            client.close();
            client.close();
        }
        call.failure(CLOSED);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
        if (serving.capabilities().reportsPeerLoss()) {
            Patience.await(told, "the server hears that the client is gone");
        }
        request.exchange().abort();
        rig().call(client, new byte[1]).failure(CLOSED);
    }

    @Test
    default void clientMayBeClosedWithinItsResponseHandler() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        RecordedCall first = rig().recorded(() -> {
            client.close();
            closed.complete(true);
        });
        RecordedCall second = rig().call(client, new byte[] {2});
        TransportRig.Held requestOfSecond = TransportRig.next(held);
        TransportRig.start(client, new byte[] {1}, first);
        TransportRig.next(held).echo();
        assertThat(first.response()).containsExactly(1);
        Patience.await(closed, "close returns within a handler");
        second.failure(CLOSED);
        requestOfSecond.exchange().abort();
    }

    @Test
    default void abortedExchangeFailsItsCallOnly() {
        ServerTransport server = rig().serve((exchange, request) -> {
            byte[] bytes = MessagePattern.take(request);
            if (bytes.length == 0) {
                exchange.abort();
            } else {
                exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
            }
        });
        ClientTransport client = rig().clientOf(server);
        RecordedCall before = rig().call(client, new byte[1000]);
        RecordedCall aborted = rig().call(client, new byte[0]);
        RecordedCall after = rig().call(client, new byte[10]);
        assertThat(aborted.failure(ABORTED).reason().mayHaveRun()).isTrue();
        assertThat(before.response()).hasSize(1000);
        assertThat(after.response()).hasSize(10);
    }

    @Test
    default void requestHandlerThatThrowsFailsItsCallOnly() {
        AtomicBoolean thrown = new AtomicBoolean();
        ServerTransport server = rig().serve((exchange, request) -> {
            if (thrown.compareAndSet(false, true)) {
                request.release();
                throw new IllegalStateException("thrown by the contract suite: a handler must not");
            }
            TransportRig.echo(exchange, request);
        });
        ClientTransport client = rig().clientOf(server);
        rig().call(client, new byte[1]).failure(ABORTED, PEER_LOST);
        callUntilAnswered(client);
    }

    @Test
    default void responseHandlerThatThrowsHarmsNoOtherCall() {
        ClientTransport client = rig().clientOf(rig().serve(TransportRig::echo));
        RecordedCall bad = rig().recorded(() -> {
            throw new IllegalStateException("thrown by the contract suite: a handler must not");
        });
        TransportRig.start(client, new byte[1], bad);
        bad.response();
        callUntilAnswered(client);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    /** Calls until a response comes; what fails before must be safe to repeat or tell of the peer's end. */
    private void callUntilAnswered(ClientTransport client) {
        byte[] request = MessagePattern.bytes(1, 1000);
        Patience.until(
                () -> {
                    RecordedCall call = rig().call(client, request);
                    Optional<TransportException> failure = call.end();
                    failure.ifPresent(f -> assertThat(f.reason()).isIn(UNREACHABLE, REFUSED, PEER_LOST));
                    failure.ifPresentOrElse(
                            f -> {}, () -> assertThat(call.response()).isEqualTo(request));
                    return failure.isEmpty();
                },
                "an answer of the server");
    }

    /** An address where somebody listened and nobody does now. */
    private Endpoint absent() {
        ServerTransport server = rig().serve(TransportRig::echo);
        server.close();
        return server.localAddress();
    }
}
