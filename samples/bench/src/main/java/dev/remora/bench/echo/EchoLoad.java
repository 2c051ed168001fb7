package dev.remora.bench.echo;

import com.google.protobuf.ByteString;
import dev.remora.bench.echo.contender.EchoClient;
import dev.remora.bench.echo.contender.EchoListener;
import dev.remora.bench.process.ProcessCounters;
import dev.remora.bench.proto.EchoMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop of one case: as many calls outstanding as asked for, each followed by the next. One clock reading per
 * call: the end of one is the start of the next, so building the request counts as part of the call.
 */
final class EchoLoad {
    private static final long GRACE_NS = 30_000_000_000L;
    private static final long LONGEST_NS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final EchoClient client;
    private final LoadOrder order;
    private final ByteString payload;
    private final long startNs = System.nanoTime();
    private final AtomicLong started = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Queue<Histogram> histograms = new ConcurrentLinkedQueue<>();
    // Callbacks come on the contender's threads, whichever those are; each records on its own.
    private final ThreadLocal<Histogram> histogram = ThreadLocal.withInitial(this::newHistogram);
    private final CountDownLatch end;

    private EchoLoad(EchoClient client, LoadOrder order) {
        this.client = client;
        this.order = order;
        this.payload = payload(order.point().sizeBytes());
        this.end = new CountDownLatch(order.point().outstanding());
    }

    /**
     * Runs the load to its end on the calling thread and those it needs.
     *
     * @throws IllegalStateException if a call failed, an echo was wrong, or calls hang
     */
    static LoadResult run(EchoClient client, LoadOrder order) throws InterruptedException {
        ProcessCounters before = ProcessCounters.now();
        EchoLoad load = new EchoLoad(client, order);
        if (order.style().blocks(order.point().outstanding()) || !client.isAsync()) {
            load.runBlocking();
        } else {
            load.runAsync();
        }
        return load.result(
                System.nanoTime() - load.startNs, ProcessCounters.now().since(before));
    }

    private void runBlocking() throws InterruptedException {
        if (order.point().outstanding() == 1) {
            callUntilEnd();
            return;
        }
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < order.point().outstanding(); i++) {
            callers.add(Thread.ofPlatform().daemon().name("echo-caller-" + i).start(this::callUntilEnd));
        }
        long deadlineNs = System.nanoTime() + order.durationNs() + GRACE_NS;
        for (Thread caller : callers) {
            long leftMs = Math.max(1, (deadlineNs - System.nanoTime()) / 1_000_000);
            if (!caller.join(Duration.ofMillis(leftMs))) {
                throw new IllegalStateException(caller.getName() + " hangs: no echo within 30 s after the end");
            }
        }
    }

    private void callUntilEnd() {
        Histogram mine = histogram.get();
        try {
            long nowNs = System.nanoTime();
            for (long id = next(nowNs); id > 0 && failure.get() == null; id = next(nowNs)) {
                EchoMessage response = client.call(request(id));
                check(response, id);
                long endNs = System.nanoTime();
                mine.recordValue(Math.min(endNs - nowNs, LONGEST_NS));
                nowNs = endNs;
            }
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            failure.compareAndSet(null, e);
        }
    }

    private void runAsync() throws InterruptedException {
        for (int i = 0; i < order.point().outstanding(); i++) {
            new Slot().next(System.nanoTime());
        }
        if (!client.await(end, order.durationNs() + GRACE_NS)) {
            throw new IllegalStateException(
                    end.getCount() + " calls hang: no echo within 30 s after the end", failure.get());
        }
    }

    /** One of the calls that are outstanding. */
    private final class Slot implements EchoListener {
        private long id;
        private long sentNs;

        void next(long nowNs) {
            id = EchoLoad.this.next(nowNs);
            sentNs = nowNs;
            if (id == 0 || failure.get() != null) {
                end.countDown();
                return;
            }
            client.start(request(id), this);
        }

        @Override
        public void onEcho(EchoMessage response) {
            try {
                check(response, id);
                long nowNs = System.nanoTime();
                histogram.get().recordValue(Math.min(nowNs - sentNs, LONGEST_NS));
                next(nowNs);
            } catch (RuntimeException | Error e) {
                onFailure(e);
            }
        }

        @Override
        public void onFailure(Throwable cause) {
            failure.compareAndSet(null, cause);
            end.countDown();
        }
    }

    /** The number of the call to make now, 0 if the load has ended. */
    private long next(long nowNs) {
        if (order.durationNs() > 0 && nowNs - startNs >= order.durationNs()) {
            return 0;
        }
        long id = started.incrementAndGet();
        return order.maxCalls() > 0 && id > order.maxCalls() ? 0 : id;
    }

    private EchoMessage request(long id) {
        return EchoMessage.newBuilder().setId(id).setPayload(payload).build();
    }

    private void check(EchoMessage response, long id) {
        // Comparing every byte of every echo would be the largest part of what is measured: the first ones suffice.
        boolean same = id <= order.point().outstanding()
                ? response.getPayload().equals(payload)
                : response.getPayload().size() == payload.size();
        if (response.getId() != id || !same) {
            throw new IllegalStateException("the echo of call " + id + " is not what was sent: id " + response.getId()
                    + ", " + response.getPayload().size() + " bytes of payload");
        }
    }

    private LoadResult result(long elapsedNs, ProcessCounters used) {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a call failed: " + cause, cause);
        }
        Histogram all = new Histogram(LONGEST_NS, DIGITS);
        histograms.forEach(all::add);
        return new LoadResult(
                all.getTotalCount(),
                elapsedNs,
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                all.getMaxValue(),
                used.cpuNs(),
                used.allocatedBytes());
    }

    private Histogram newHistogram() {
        Histogram mine = new Histogram(LONGEST_NS, DIGITS);
        histograms.add(mine);
        return mine;
    }

    private static ByteString payload(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new SplittableRandom(42).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
