package dev.remora.contract;

import static dev.remora.spi.TransportException.Reason.ABORTED;
import static dev.remora.spi.TransportException.Reason.CANCELLED;
import static dev.remora.spi.TransportException.Reason.OVERLOADED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Many calls at once: none waits for another, each gets its own answer, and there is a bound. */
public interface ConcurrencyContract extends TransportSubject {
    @Test
    default void callsOfManyThreadsEachGetTheirOwnAnswerOutOfOrder() throws InterruptedException {
        int threads = 8;
        int callsPerThread = 250;
        int total = threads * callsPerThread;
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        Thread answering = Thread.ofVirtual().start(() -> answerInBatches(held, total));
        ConcurrentMap<Integer, RecordedCall> calls = new ConcurrentHashMap<>();
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * callsPerThread;
            callers.add(Thread.ofPlatform().start(() -> {
                for (int i = first; i < first + callsPerThread; i++) {
                    calls.put(i, rig().call(client, MessagePattern.bytes(i, i % 2000)));
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(calls).hasSize(total);
        calls.forEach((i, call) -> assertThat(call.response()).isEqualTo(MessagePattern.bytes(i, i % 2000)));
        answering.join();
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    /** Takes what has arrived and answers the last first. */
    private static void answerInBatches(BlockingQueue<TransportRig.Held> held, int total) {
        int answered = 0;
        while (answered < total) {
            List<TransportRig.Held> batch = new ArrayList<>();
            batch.add(TransportRig.next(held));
            held.drainTo(batch, 31);
            Collections.reverse(batch);
            batch.forEach(TransportRig.Held::echo);
            answered += batch.size();
        }
    }

    @Test
    default void responseMayComeLaterFromAnotherThread() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ClientTransport client = rig().clientOf(rig().serve(TransportRig.holding(held)));
        RecordedCall first = rig().call(client, new byte[] {1});
        RecordedCall second = rig().call(client, new byte[] {2});
        TransportRig.Held one = TransportRig.next(held);
        TransportRig.Held two = TransportRig.next(held);
        assertThat(first.isEnded()).isFalse();
        assertThat(client.outstanding()).isEqualTo(2);
        two.echo();
        (two.request()[0] == 2 ? second : first).response();
        one.echo();
        assertThat(first.response()).containsExactly(1);
        assertThat(second.response()).containsExactly(2);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
    }

    @Test
    default void chainOfCallsFromResponseHandlersDoesNotDeepenTheStack() {
        int length = 5_000;
        ClientTransport client = rig().clientOf(rig().serve(TransportRig::echo));
        CountDownLatch done = new CountDownLatch(length);
        AtomicReference<Runnable> next = new AtomicReference<>();
        next.set(() -> {
            done.countDown();
            if (done.getCount() > 0) {
                RecordedCall call = rig().recorded(next.get());
                TransportRig.start(client, new byte[] {1, 2, 3}, call);
            }
        });
        TransportRig.start(client, new byte[] {1}, rig().recorded(next.get()));
        Patience.await(done, "the last call of a chain");
    }

    @Test
    default void requestHandlerMayCallAnotherServerAndAnswerFromItsResponse() {
        ServerTransport leaf = rig().serve(TransportRig::echo);
        Transport middle = rig().transport();
        ClientTransport toLeaf = middle.connect(leaf.localAddress());
        ServerTransport front = middle.listen(fixture().anyAddress(), (exchange, request) -> {
            byte[] bytes = MessagePattern.take(request);
            AtomicReference<RecordedCall> inner = new AtomicReference<>();
            inner.set(rig().recorded(() -> {
                byte[] answer = inner.get().response();
                exchange.respond(MessagePattern.fill(exchange.allocate(answer.length), answer));
            }));
            TransportRig.start(toLeaf, bytes, inner.get());
        });
        ClientTransport client = rig().clientOf(front);
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(rig().call(client, MessagePattern.bytes(i, i * 100)));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(calls.get(i).response()).isEqualTo(MessagePattern.bytes(i, i * 100));
        }
    }

    @Test
    default void oneTransportMayServeItself() {
        Transport transport = rig().transport();
        ServerTransport server = transport.listen(fixture().anyAddress(), TransportRig::echo);
        ClientTransport client = transport.connect(server.localAddress());
        assertThat(rig().call(client, new byte[] {9}).response()).containsExactly(9);
    }

    @Test
    default void callsBeyondTheBoundFailAtOnceAndThoseWithinGoOn() {
        int bound = 4;
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ServerTransport server = rig().serve(TransportRig.holding(held));
        ClientTransport client =
                rig().transport(fixture().maxOutstanding(bound)).connect(server.localAddress());
        List<RecordedCall> within = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            within.add(rig().call(client, new byte[] {(byte) i}));
        }
        List<TransportRig.Held> arrived = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            arrived.add(TransportRig.next(held));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(rig().call(client, new byte[1])
                            .failure(OVERLOADED)
                            .reason()
                            .mayHaveRun())
                    .isFalse();
        }
        assertThat(held).isEmpty();
        assertThat(client.outstanding()).isEqualTo(bound);
        arrived.forEach(TransportRig.Held::echo);
        within.forEach(RecordedCall::response);
        Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
        RecordedCall again = rig().call(client, new byte[] {5});
        TransportRig.next(held).echo();
        assertThat(again.response()).containsExactly(5);
    }

    @Test
    default void everyWayToEndACallGivesItsPlaceBack() {
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ServerTransport server = rig().serve(TransportRig.holding(held));
        ClientTransport client = rig().transport(fixture().maxOutstanding(1)).connect(server.localAddress());
        for (int i = 0; i < 60; i++) {
            RecordedCall call = rig().recorded(() -> {});
            TransportCall started = TransportRig.start(client, new byte[i], call);
            TransportRig.Held request = TransportRig.next(held);
            switch (i % 3) {
                case 0 -> request.echo();
                case 1 -> request.exchange().abort();
                default -> {
                    started.cancel();
                    request.exchange().abort();
                }
            }
            call.end().ifPresent(failure -> assertThat(failure.reason()).isIn(ABORTED, CANCELLED));
            Patience.until(() -> client.outstanding() == 0, "no call is outstanding");
        }
    }

    @Test
    default void slowServerHoldsABoundedNumberOfCallsAndDelaysNoOtherServer() {
        int bound = 32;
        BlockingQueue<TransportRig.Held> held = TransportRig.queue();
        ServerTransport slow = rig().serve(TransportRig.holding(held));
        ServerTransport quick = rig().serve(TransportRig::echo);
        Transport transport = rig().transport(fixture().maxOutstanding(bound));
        ClientTransport toSlow = transport.connect(slow.localAddress());
        ClientTransport toQuick = transport.connect(quick.localAddress());
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < bound * 4; i++) {
            calls.add(rig().call(toSlow, MessagePattern.bytes(i, 64 << 10)));
            assertThat(toSlow.outstanding()).isLessThanOrEqualTo(bound);
            byte[] small = {(byte) i};
            assertThat(rig().call(toQuick, small).response()).isEqualTo(small);
        }
        Thread answering = Thread.ofVirtual().start(() -> answerInBatches(held, bound));
        int answered = 0;
        for (int i = 0; i < calls.size(); i++) {
            if (i < bound) {
                assertThat(calls.get(i).response()).isEqualTo(MessagePattern.bytes(i, 64 << 10));
                answered++;
            } else {
                calls.get(i).failure(OVERLOADED);
            }
        }
        assertThat(answered).isEqualTo(bound);
        join(answering);
    }

    @Test
    default void handlerThatBlocksStopsNoOtherTransport() {
        // A handler breaks its contract and blocks; only its own transport may suffer.
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ServerTransport bad = rig().serve((exchange, request) -> {
            blocked.countDown();
            Patience.await(goOn, "the end of the blocking");
            TransportRig.echo(exchange, request);
        });
        ServerTransport good = rig().serve(TransportRig::echo);
        Transport transport = rig().transport();
        RecordedCall stuck = rig().call(transport.connect(bad.localAddress()), new byte[1]);
        Patience.await(blocked, "the handler that blocks");
        assertThat(rig().call(transport.connect(good.localAddress()), new byte[2])
                        .response())
                .hasSize(2);
        goOn.countDown();
        assertThat(stuck.response()).hasSize(1);
    }

    @Test
    default void clientsOfOneServerAreServedApart() {
        AtomicInteger requests = new AtomicInteger();
        CompletableFuture<String> peer = new CompletableFuture<>();
        ServerTransport server = rig().serve((exchange, request) -> {
            requests.incrementAndGet();
            peer.complete(exchange.peer());
            TransportRig.echo(exchange, request);
        });
        List<ClientTransport> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(rig().clientOf(server));
        }
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(rig().call(clients.get(i % 5), MessagePattern.bytes(i, 50)));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(calls.get(i).response()).isEqualTo(MessagePattern.bytes(i, 50));
        }
        assertThat(requests).hasValue(200);
        assertThat(Patience.await(peer, "a peer's address")).isNotBlank();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
