package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Some threads that call, cancel, close and restart at random. Every decision follows from the seed, those of the server
 * too (the first byte of a request says what to do with it); only the threads' relative speed does not.
 */
final class TransportStress {
    private static final int DRIVERS = 3;
    private static final int STEPS = 1_500;
    private static final int LARGEST_BYTES = 200_000;
    private static final Set<Reason> HONEST = EnumSet.of(
            Reason.UNREACHABLE,
            Reason.REFUSED,
            Reason.OVERLOADED,
            Reason.PEER_LOST,
            Reason.ABORTED,
            Reason.CANCELLED,
            Reason.CLOSED);

    /** What the server does with a request. */
    private enum Deed {
        ANSWER,
        ANSWER_LATER,
        ABORT,
        HOLD,
        THROW
    }

    private final TransportSubject subject;
    private final TransportRig rig;
    private final long seed;
    private final Transport[] serving;
    private final Queue<HeldEnd> holds = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    private volatile ServerTransport current;

    private record Started(RecordedCall recorded, TransportCall call, byte[] request, Deed deed) {}

    TransportStress(TransportSubject subject, long seed) {
        this.subject = subject;
        this.rig = subject.rig();
        this.seed = seed;
        this.serving = new Transport[] {rig.transport(), rig.transport()};
        this.current = serving[0].listen(subject.fixture().anyAddress(), this::serve);
    }

    void run() {
        AtomicBoolean over = new AtomicBoolean();
        Thread answering = Thread.ofPlatform().start(() -> answerLater(over));
        SplittableRandom root = new SplittableRandom(seed);
        List<CompletableFuture<List<Started>>> drivers = new ArrayList<>();
        for (int d = 0; d < DRIVERS; d++) {
            SplittableRandom random = root.split();
            boolean restarts = d == 0;
            CompletableFuture<List<Started>> result = new CompletableFuture<>();
            drivers.add(result);
            Thread.ofPlatform().start(() -> {
                try {
                    result.complete(drive(random, restarts));
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            });
        }
        try {
            drivers.forEach(driver -> check(Patience.await(driver, "the end of a driver")));
            holds.forEach(HeldEnd::end);
        } finally {
            over.set(true);
            later.add(() -> {});
        }
        join(answering);
    }

    private List<Started> drive(SplittableRandom random, boolean restarts) {
        List<Started> started = new ArrayList<>();
        List<ClientTransport> clients = new ArrayList<>();
        Transport transport = rig.transport();
        ClientTransport client = transport.connect(current.localAddress());
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 80 || started.isEmpty()) {
                started.add(start(client, random));
            } else if (dice < 92) {
                started.get(random.nextInt(started.size())).call.cancel();
            } else if (dice < 96) {
                Started one = started.get(started.size() - 1 - random.nextInt(Math.min(8, started.size())));
                if (one.deed != Deed.HOLD) {
                    one.recorded.end();
                }
            } else if (dice < 98) {
                if (random.nextBoolean()) {
                    client.close();
                }
                clients.add(client);
                client = transport.connect(current.localAddress());
            } else if (restarts) {
                restart(random);
            }
        }
        clients.add(client);
        for (ClientTransport one : clients) {
            one.close();
            Patience.until(() -> one.outstanding() == 0, "no call of a closed client is outstanding");
        }
        return started;
    }

    private Started start(ClientTransport client, SplittableRandom random) {
        int size = 1 + (random.nextInt(20) == 0 ? random.nextInt(LARGEST_BYTES) : random.nextInt(1_500));
        Deed deed = deed(random.nextInt(100));
        byte[] request = MessagePattern.bytes(random.nextLong(), size);
        request[0] = (byte) deed.ordinal();
        RecordedCall recorded = rig.recorded(() -> {});
        return new Started(recorded, TransportRig.start(client, request, recorded), request, deed);
    }

    private static Deed deed(int dice) {
        if (dice < 60) {
            return Deed.ANSWER;
        }
        if (dice < 85) {
            return Deed.ANSWER_LATER;
        }
        return dice < 90 ? Deed.ABORT : dice < 98 ? Deed.HOLD : Deed.THROW;
    }

    private void restart(SplittableRandom random) {
        ServerTransport old = current;
        current =
                serving[random.nextInt(serving.length)].listen(subject.fixture().anyAddress(), this::serve);
        if (random.nextBoolean()) {
            old.drain();
        } else {
            old.close();
        }
    }

    private void serve(ServerExchange exchange, MessageBuffer message) {
        TransportRig.Held request = new TransportRig.Held(exchange, MessagePattern.take(message));
        switch (Deed.values()[request.request()[0]]) {
            case ANSWER -> request.echo();
            case ANSWER_LATER -> later.add(request::echo);
            case ABORT -> exchange.abort();
            case HOLD -> hold(exchange);
            case THROW -> throw new IllegalStateException("thrown by the contract suite: a handler must not");
        }
    }

    private void hold(ServerExchange exchange) {
        HeldEnd end = new HeldEnd(exchange, new AtomicBoolean());
        holds.add(end);
        exchange.onCancel(end::end);
    }

    private void answerLater(AtomicBoolean over) {
        try {
            while (!over.get() || !later.isEmpty()) {
                later.take().run();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static void check(List<Started> started) {
        for (Started one : started) {
            TransportException failure = one.recorded.end().orElse(null);
            if (failure == null) {
                assertThat(one.recorded.response()).isEqualTo(one.request);
                assertThat(one.deed).isIn(Deed.ANSWER, Deed.ANSWER_LATER);
            } else {
                assertThat(failure.reason()).as(failure.getMessage()).isIn(HONEST);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** A request on hold, ended by whoever comes first: the cancellation or the end of the test. */
    private record HeldEnd(ServerExchange exchange, AtomicBoolean ended) {
        void end() {
            if (ended.compareAndSet(false, true)) {
                exchange.abort();
            }
        }
    }
}
