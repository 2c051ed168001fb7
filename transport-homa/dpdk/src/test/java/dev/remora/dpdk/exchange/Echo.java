package dev.remora.dpdk.exchange;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxQueue;
import org.jspecify.annotations.Nullable;

/** Sends what comes in at queue 0 back, in a thread of its own, until it is stopped; lives on when its peers do not. */
final class Echo {
    private static final int PATIENCE = 10_000;

    private final Thread thread;
    private volatile boolean stop;
    private volatile @Nullable Throwable failure;
    private long frames;
    private long dropped;

    Echo(Eal eal, Port port, MbufPool pool) {
        thread = Thread.ofPlatform().name("echo").daemon().start(() -> {
            try (Lcore _ = eal.registerThread()) {
                loop(port.rxQueue(0), port.txQueue(0), pool.cache());
            } catch (Throwable e) {
                failure = e;
                System.out.println("failed echo: " + e);
            }
        });
    }

    private void loop(RxQueue rx, TxQueue tx, MbufCache cache) {
        MbufArray burst = new MbufArray(32);
        Idle idle = new Idle();
        while (!stop) {
            int count = rx.receive(burst);
            idle.onRound(count > 0);
            for (int i = 0; i < count; i++) {
                long mbuf = burst.get(i);
                if (Mbuf.isLro(mbuf)) {
                    Mbuf.requestTso(mbuf, Frames.L2, Frames.L3, Frames.TCP, Mbuf.tsoSegmentBytes(mbuf), true);
                }
            }
            for (int attempt = 0; burst.size() > 0 && attempt < PATIENCE; attempt++) {
                frames += tx.send(burst);
            }
            // Nobody takes them: their receiver is gone.
            dropped += burst.size();
            cache.free(burst);
        }
        rx.release();
        tx.release();
    }

    /** Ends it. */
    Words stop() throws InterruptedException {
        stop = true;
        thread.join(10_000);
        Throwable thrown = failure;
        if (thrown != null || thread.isAlive()) {
            throw new IllegalStateException("echo did not end well", thrown);
        }
        return Words.of("echoed frames=" + frames + " dropped=" + dropped);
    }
}
