package dev.remora.dpdk.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxQueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * What {@code frame_peer.c} does, function by function. Each burst is a method of its own, so that it gets compiled early, and
 * what is done with a burst that is not empty one more: the JIT takes calls in a branch that is rarely taken for not worth
 * inlining, and of polls that is the one that counts.
 */
final class FrameLoops {
    private static final int BURST = 32;
    private static final int CLOCK_EVERY = 64;

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long PEER_WAIT = 20 * SECOND;
    private static final long RESEND = 10 * MS;
    private static final long LOST = SECOND;
    private static final long SILENCE = 800 * MS;
    private static final long OFF_CPU = 20 * MS;
    private static final long DRAIN_MS = 500;
    private static final long LONGEST = 120 * SECOND;

    /** The bytes 2,0,0,0,0,1, 2,0,0,0,0,2, 0x88,0xb5 as little-endian words. */
    private static final long HEADER_0 = 0x0002_0100_0000_0002L;

    private static final int HEADER_8 = 0x0200_0000;
    private static final short HEADER_12 = (short) 0xb588;

    private static final MemorySegment MEMORY = Mbuf.memory();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Port port;
    private final MbufCache cache;
    private final RxQueue rx;
    private final TxQueue tx;
    private final MbufArray in = new MbufArray(BURST);
    private final MbufArray out = new MbufArray(BURST);

    private long frames;
    private long bytes;
    private long foreign;
    private long dropped;

    FrameLoops(Port port, MbufPool pool) {
        this.port = port;
        cache = pool.cache();
        rx = port.rxQueue(0);
        tx = port.txQueue(0);
    }

    private static void writeHeader(long mbuf) {
        long data = Mbuf.dataAddress(mbuf);
        MEMORY.set(LONG, data, HEADER_0);
        MEMORY.set(INT, data + 8, HEADER_8);
        MEMORY.set(SHORT, data + 12, HEADER_12);
    }

    private static void fill(long mbuf, int size) {
        Mbuf.dataLength(mbuf, size);
        Mbuf.packetLength(mbuf, size);
        writeHeader(mbuf);
    }

    private static boolean ours(long mbuf) {
        return MEMORY.get(SHORT, Mbuf.dataAddress(mbuf) + 12) == HEADER_12;
    }

    private void awaitLink() {
        long deadline = System.nanoTime() + PEER_WAIT;
        while (!port.link().up()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no peer came within 20 s");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private long roundTrip(int size, long start, long patience) {
        if (!sendOne(size, start, patience)) {
            return -1;
        }
        for (int polls = 1; ; polls++) {
            int n = rx.receive(in);
            if (n > 0 && came(n, size)) {
                return System.nanoTime();
            }
            if (polls % CLOCK_EVERY == 0 && System.nanoTime() - start > patience) {
                return -1;
            }
        }
    }

    private boolean sendOne(int size, long start, long patience) {
        long mbuf = cache.allocate();
        if (mbuf == 0) {
            throw new IllegalStateException("pool is empty");
        }
        fill(mbuf, size);
        out.add(mbuf);
        for (int polls = 1; tx.send(out) == 0; polls++) {
            if (polls % CLOCK_EVERY == 0 && System.nanoTime() - start > patience) {
                cache.free(out);
                return false;
            }
        }
        return true;
    }

    private boolean came(int n, int size) {
        boolean came = false;
        for (int i = 0; i < n; i++) {
            long frame = in.get(i);
            came |= ours(frame) && Mbuf.packetLength(frame) == size;
            cache.free(frame);
        }
        return came;
    }

    private void drain(long silence) {
        long start = System.nanoTime();
        long last = start;
        for (long t = start; t - last < silence && t - start < LONGEST; t = System.nanoTime()) {
            if (rx.receive(in) > 0) {
                cache.free(in);
                last = t;
            }
        }
    }

    void ping(int count, int size, int warmup) {
        long[] took = new long[count];
        long sum = 0;
        awaitLink();
        long deadline = System.nanoTime() + PEER_WAIT;
        for (int done = 0; done < warmup; ) {
            long start = System.nanoTime();
            if (roundTrip(size, start, RESEND) >= 0) {
                done++;
            } else if (start > deadline) {
                throw new IllegalStateException("the peer returned too few frames within 20 s");
            }
        }
        drain(5 * MS);
        long cpu = SYSTEM.getProcessCpuTime();
        long begin = System.nanoTime();
        long before = begin;
        for (int i = 0; i < count; i++) {
            long after = roundTrip(size, before, LOST);
            if (after < 0) {
                throw new IllegalStateException("a frame did not come back within 1 s");
            }
            if (after - begin > LONGEST) {
                throw new IllegalStateException("took more than 120 s");
            }
            took[i] = after - before;
            sum += took[i];
            before = after;
        }
        double share = (SYSTEM.getProcessCpuTime() - cpu) / (double) (before - begin);
        Arrays.sort(took);
        say(
                "{\"mode\":\"ping\",\"frames\":%d,\"size\":%d,\"p50Ns\":%d,\"p99Ns\":%d,\"p999Ns\":%d,"
                        + "\"meanNs\":%.1f,\"cpuShare\":%.3f}",
                count,
                size,
                took[count / 2],
                took[(int) (count * 0.99)],
                took[(int) (count * 0.999)],
                (double) sum / count,
                share);
    }

    private boolean echoBurst() {
        int n = rx.receive(in);
        if (n == 0) {
            return false;
        }
        echo(n);
        return true;
    }

    private void echo(int n) {
        for (int i = 0; i < n; i++) {
            long mbuf = in.get(i);
            if (ours(mbuf)) {
                writeHeader(mbuf);
                out.add(mbuf);
            } else {
                cache.free(mbuf);
            }
        }
        int count = out.size();
        for (int tries = 0; out.size() > 0 && tries < 1_000; tries++) {
            tx.send(out);
        }
        int left = out.size();
        if (left > 0) {
            cache.free(out);
            dropped += left;
        }
        frames += count - left;
    }

    void echo(long idle) {
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long last = start;
        long looked = start;
        boolean heard = false;
        for (int polls = 1; ; polls++) {
            heard |= echoBurst();
            if (polls % CLOCK_EVERY == 0) {
                long t = System.nanoTime();
                if (heard || t - looked > OFF_CPU) {
                    last = t;
                    heard = false;
                } else if (t - last > (frames == 0 ? PEER_WAIT : idle)) {
                    break;
                }
                if (t - start > LONGEST) {
                    break;
                }
                looked = t;
            }
        }
        double share = (SYSTEM.getProcessCpuTime() - cpu) / (double) (System.nanoTime() - start);
        say("{\"mode\":\"echo\",\"frames\":%d,\"dropped\":%d,\"cpuShare\":%.3f}", frames, dropped, share);
    }

    private boolean fillBurst(int size) {
        if (!cache.allocate(out, BURST)) {
            return false;
        }
        for (int i = 0; i < BURST; i++) {
            fill(out.get(i), size);
        }
        return true;
    }

    void send(int size, long duration) {
        long full = 0;
        long empty = 0;
        awaitLink();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long t = start;
        int polls = 0;
        while (t - start < duration) {
            if (!fillBurst(size)) {
                empty++;
                t = System.nanoTime();
                continue;
            }
            do {
                if (tx.send(out) == 0) {
                    full++;
                }
                if (++polls % CLOCK_EVERY == 0) {
                    t = System.nanoTime();
                }
            } while (out.size() > 0 && t - start < duration);
            frames += BURST - out.size();
            cache.free(out);
        }
        double seconds = (t - start) / 1e9;
        double share = (SYSTEM.getProcessCpuTime() - cpu) / (double) (System.nanoTime() - start);
        say(
                "{\"mode\":\"send\",\"frames\":%d,\"size\":%d,\"pps\":%.0f,\"ringFull\":%d,\"poolEmpty\":%d,\"cpuShare\":%.3f}",
                frames, size, frames / seconds, full, empty, share);
        try {
            Thread.sleep(DRAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean receiveBurst() {
        int n = rx.receive(in);
        if (n == 0) {
            return false;
        }
        count(n);
        return true;
    }

    private void count(int n) {
        for (int i = 0; i < n; i++) {
            long mbuf = in.get(i);
            if (!ours(mbuf)) {
                foreign++;
            }
            bytes += Mbuf.packetLength(mbuf);
        }
        cache.free(in);
        frames += n;
    }

    void receive(long duration) {
        long framesBefore = 0;
        long bytesBefore = 0;
        long framesAfter = 0;
        long bytesAfter = 0;
        long created = System.nanoTime();
        long last = created;
        long looked = created;
        long cpu = 0;
        double share = 0;
        long start = 0;
        long begin = 0;
        long end = 0;
        boolean heard = false;
        for (int polls = 1; ; polls++) {
            heard |= receiveBurst();
            if (polls % CLOCK_EVERY == 0) {
                long t = System.nanoTime();
                if (heard && start == 0) {
                    start = t;
                }
                if (heard || t - looked > OFF_CPU) {
                    last = t;
                    heard = false;
                }
                looked = t;
                if (begin == 0 && start != 0 && t - start >= duration / 4) {
                    begin = t;
                    cpu = SYSTEM.getProcessCpuTime();
                    framesBefore = frames;
                    bytesBefore = bytes;
                } else if (end == 0 && begin != 0 && t - start >= duration * 3 / 4) {
                    end = t;
                    share = (SYSTEM.getProcessCpuTime() - cpu) / (double) (end - begin);
                    framesAfter = frames;
                    bytesAfter = bytes;
                }
                if (start == 0 ? t - created > PEER_WAIT : t - last > SILENCE || t - start > LONGEST) {
                    break;
                }
            }
        }
        if (end == 0) {
            throw new IllegalStateException("the flood did not last long enough");
        }
        double seconds = (end - begin) / 1e9;
        say(
                "{\"mode\":\"receive\",\"frames\":%d,\"bytes\":%d,\"foreign\":%d,\"pps\":%.0f,\"mbitPerSecond\":%.1f,\"cpuShare\":%.3f}",
                frames,
                bytes,
                foreign,
                (framesAfter - framesBefore) / seconds,
                (bytesAfter - bytesBefore) * 8 / seconds / 1e6,
                share);
    }

    private static void say(String format, Object... values) {
        JavaPeer.say(String.format(Locale.ROOT, format, values));
    }
}
