package dev.remora.contract;

import static dev.remora.spi.TransportException.Reason.CANCELLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Cancelling: the caller hears at once and once, the server hears too, and a late answer harms nobody. */
public interface CancelContract extends TransportSubject {
    @Test
    default void cancelRightAfterTheStartEndsTheCallOnce() {
        ClientTransport client = rig().clientOf(rig().serve(TransportRig::echo));
        for (int i = 0; i < 200; i++) {
            RecordedCall call = rig().recorded(() -> {});
            TransportRig.start(client, new byte[i], call).cancel();
            call.end().ifPresent(failure -> assertThat(failure.reason()).isEqualTo(CANCELLED));
        }
        assertThat(rig().call(client, new byte[] {1}).response()).containsExactly(1);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    @Test
    default void cancelDuringTheCallEndsItAndReachesTheServer() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        Transport serving = rig().transport();
        ServerTransport server = serving.listen(fixture().anyAddress(), TransportRig.holding(held));
        ClientTransport client = rig().clientOf(server);
        RecordedCall call = rig().recorded(() -> {});
        TransportCall started = TransportRig.start(client, new byte[10], call);
        TransportRig.Held request = TransportRig.next(held);
        AtomicInteger actions = new AtomicInteger();
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        request.exchange().onCancel(() -> {
            actions.incrementAndGet();
            told.complete(true);
        });
        started.cancel();
        started.cancel();
        assertThat(call.failure(CANCELLED).reason().mayHaveRun()).isTrue();
        if (serving.capabilities().cancelReachesServer()) {
            Patience.await(told, "the server is told of the cancellation");
            assertThat(actions).hasValue(1);
        }
        request.echo();
        assertThat(call.endings()).isEqualTo(1);
        RecordedCall later = rig().call(client, new byte[] {4});
        TransportRig.next(held).echo();
        assertThat(later.response()).containsExactly(4);
    }

    @Test
    default void cancelAfterTheEndDoesNothing() {
        ClientTransport client = rig().clientOf(rig().serve(TransportRig::echo));
        RecordedCall call = rig().recorded(() -> {});
        TransportCall started = TransportRig.start(client, new byte[] {1}, call);
        assertThat(call.response()).containsExactly(1);
        started.cancel();
        started.cancel();
        assertThat(rig().call(client, new byte[] {2}).response()).containsExactly(2);
        assertThat(call.endings()).isEqualTo(1);
    }

    @Test
    default void cancelWithinTheResponseHandlerDoesNothing() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        AtomicReference<TransportCall> started = new AtomicReference<>();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        RecordedCall call = rig().recorded(() -> {
            started.get().cancel();
            cancelled.complete(true);
        });
        started.set(TransportRig.start(client, new byte[] {1}, call));
        TransportRig.next(held).echo();
        assertThat(call.response()).containsExactly(1);
        Patience.await(cancelled, "the cancellation returns");
        assertThat(call.endings()).isEqualTo(1);
    }

    @Test
    default void actionRegisteredAfterTheCancellationRunsToo() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        Transport serving = rig().transport();
        assumeTrue(serving.capabilities().cancelReachesServer());
        ClientTransport client = rig().clientOf(serving.listen(fixture().anyAddress(), TransportRig.holding(held)));
        RecordedCall call = rig().recorded(() -> {});
        TransportCall started = TransportRig.start(client, new byte[10], call);
        TransportRig.Held request = TransportRig.next(held);
        started.cancel();
        call.failure(CANCELLED);
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        request.exchange().onCancel(() -> told.complete(true));
        Patience.await(told, "the action runs");
        request.exchange().abort();
    }

    @Test
    default void actionOfAnAnsweredCallNeverRuns() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        AtomicInteger actions = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            RecordedCall call = rig().recorded(() -> {});
            TransportCall started = TransportRig.start(client, new byte[10], call);
            TransportRig.Held request = TransportRig.next(held);
            request.exchange().onCancel(actions::incrementAndGet);
            request.echo();
            call.response();
            started.cancel();
        }
        client.close();
        rig().close();
        assertThat(actions).hasValue(0);
    }

    @Test
    default void cancellingOneCallLeavesTheOthersAlone() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        List<RecordedCall> calls = new ArrayList<>();
        List<TransportCall> started = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            RecordedCall call = rig().recorded(() -> {});
            calls.add(call);
            started.add(TransportRig.start(client, MessagePattern.bytes(i, 3000), call));
        }
        List<TransportRig.Held> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            requests.add(TransportRig.next(held));
        }
        for (int i = 0; i < 50; i += 2) {
            started.get(i).cancel();
            calls.get(i).failure(CANCELLED);
        }
        requests.forEach(TransportRig.Held::echo);
        for (int i = 1; i < 50; i += 2) {
            assertThat(calls.get(i).response()).isEqualTo(MessagePattern.bytes(i, 3000));
        }
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }
}
