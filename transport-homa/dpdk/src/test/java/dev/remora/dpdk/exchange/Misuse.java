package dev.remora.dpdk.exchange;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Everything that would be the end of a C program, or of this one an hour later, on a port of a ring (what is sent comes
 * back). Each case says what was thrown; the port is as good as before afterwards.
 */
final class Misuse {
    private final Eal eal;
    private final Port port;
    private final MbufPool pool;
    private int cases;
    private int caught;

    Misuse(Eal eal, Port port, MbufPool pool) {
        this.eal = eal;
        this.port = port;
        this.pool = pool;
    }

    private interface Wrong {
        void run() throws Exception;
    }

    private void wrong(String name, Wrong action) {
        cases++;
        try {
            action.run();
            System.out.println("misuse " + name + " NOTHING");
        } catch (Exception e) {
            caught++;
            System.out.println("misuse " + name + " " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    Words run() throws InterruptedException {
        frees();
        try (Lcore lcore = eal.registerThread()) {
            wrong("register-twice", eal::registerThread);
            frees();
            sends();
            wrongThread(lcore);
        }
        wrong("second-start", () -> Eal.start(EalConfig.builder().build()).close());
        wrong("same-pool", () -> eal.createPool(PoolConfig.of(pool.name(), 255)));
        wrong("same-device", () -> eal.attach(port.device()));
        wrong("no-such-queue", () -> port.rxQueue(7));
        wrong(
                "configure-started",
                () -> port.configure(dev.remora.dpdk.port.PortConfig.builder().build(), pool));
        stopped();
        return Words.of("misused cases=" + cases + " caught=" + caught + " inUse=" + pool.inUse());
    }

    private void frees() {
        MbufCache cache = pool.cache();
        long first = cache.allocate();
        cache.free(first);
        wrong("double-free", () -> cache.free(first));
        MbufArray array = new MbufArray(8);
        array.add(first);
        wrong("double-free-array", () -> cache.free(array));
        wrong("free-null", () -> cache.free(0));
        long head = cache.allocate();
        long tail = cache.allocate();
        Mbuf.length(head, 100);
        Mbuf.length(tail, 100);
        wrong("append-itself", () -> cache.append(head, head));
        cache.append(head, tail);
        wrong("free-tail", () -> cache.free(tail));
        wrong("append-twice", () -> cache.append(head, tail));
        cache.free(head);
        wrong("free-tail-of-freed", () -> cache.free(tail));
        wrong("close-pool-in-use", () -> {
            long held = cache.allocate();
            try {
                pool.close();
            } finally {
                cache.free(held);
            }
        });
        wrong("too-long", () -> {
            long held = cache.allocate();
            try {
                Mbuf.length(held, 5_000);
            } finally {
                cache.free(held);
            }
        });
    }

    private void sends() {
        MbufCache cache = pool.cache();
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        MbufArray array = new MbufArray(8);
        MbufArray in = new MbufArray(32);
        long freed = cache.allocate();
        Mbuf.length(freed, 60);
        cache.free(freed);
        array.add(freed);
        wrong("send-after-free", () -> tx.send(array));
        array.clear();
        array.size(1);
        array.set(0, 0);
        wrong("send-null", () -> tx.send(array));
        array.clear();
        long sent = cache.allocate();
        Mbuf.length(sent, 60);
        array.add(sent);
        tx.send(array);
        wrong("free-after-send", () -> cache.free(sent));
        array.add(sent);
        wrong("send-twice", () -> tx.send(array));
        // A good one before a bad one: neither is sent.
        long good = cache.allocate();
        Mbuf.length(good, 60);
        array.clear();
        array.add(good);
        array.add(sent);
        wrong("send-good-and-bad", () -> tx.send(array));
        wrong("good-is-held-not-sent", () -> {
            cache.free(good);
            throw new IllegalStateException("held until it was freed now");
        });
        array.clear();
        if (rx.receive(in) != 1 || in.get(0) != sent) {
            throw new IllegalStateException("what was sent did not come back: " + in.size());
        }
        cache.free(in);
        rx.release();
        tx.release();
    }

    private void wrongThread(Lcore lcore) throws InterruptedException {
        MbufCache cache = pool.cache();
        long mine = cache.allocate();
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        MbufArray array = new MbufArray(8);
        CountDownLatch owns = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread owner = Thread.ofPlatform().name("owner").start(() -> {
            rx.receive(new MbufArray(32));
            tx.send(new MbufArray(1));
            wrong("cache-of-other-thread", () -> cache.free(mine));
            wrong("allocate-other-thread", cache::allocate);
            wrong("lcore-of-other-thread", lcore::close);
            owns.countDown();
            try {
                if (!end.await(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("never released");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            rx.release();
            tx.release();
        });
        if (!owns.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no owner");
        }
        wrong("receive-other-thread", () -> rx.receive(array));
        wrong("send-other-thread", () -> {
            array.clear();
            array.add(mine);
            tx.send(array);
        });
        wrong("release-other-thread", rx::release);
        wrong("stop-while-owned", port::stop);
        wrong("detach-while-owned", () -> eal.detach(port));
        end.countDown();
        owner.join(10_000);
        cache.free(mine);
    }

    private void stopped() {
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        port.stop();
        wrong("receive-stopped", () -> rx.receive(new MbufArray(32)));
        MbufCache cache = pool.cache();
        MbufArray array = new MbufArray(1);
        long mbuf = cache.allocate();
        Mbuf.length(mbuf, 60);
        array.add(mbuf);
        wrong("send-stopped", () -> tx.send(array));
        cache.free(mbuf);
        wrong("queue-of-stopped", () -> port.rxQueue(0));
        port.start();
        wrong("receive-old-queue", () -> rx.receive(new MbufArray(32)));
    }
}
