package dev.remora.dpdk.exchange;

import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxQueue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One end of an exchange: sends so many frames into each queue and receives as many, both at once, and counts all that is
 * not as it should be. Devices that lose nothing are filled until they refuse; others get a window of frames that the
 * other end has not acknowledged, so that none is lost for want of room.
 */
final class Exchange {
    private static final int BURST = 32;
    private static final long TELL_NS = TimeUnit.SECONDS.toNanos(5);

    private final MbufCache cache;
    private final Frames sender;
    private final Frames receiver;
    private final RxQueue[] rx;
    private final TxQueue[] tx;
    private final MbufArray in = new MbufArray(BURST);
    private final MbufArray scratch = new MbufArray(64);
    private final Idle idle = new Idle();
    private final MbufArray[] out;
    private final long count;
    private final int window;
    private final boolean loop;
    private final boolean pinned;
    private final long tellAt;
    private final long stallNs;

    private final long[] sent;
    private final long[] acknowledged;
    private final long[] received;
    private final long[] told;

    private long totalReceived;
    private long totalSent;
    private long bytes;
    private long lost;
    private long disordered;
    private long corrupt;
    private long foreign;
    private long misrouted;
    private long refusals;
    private long merged;
    private long mssRight;
    private long checksumGood;
    private long checksumBad;
    private long checksumOmitted;
    private int segmentsMost;

    /**
     * Prepares one.
     *
     * @param words seed, from (the other end's seed), count (per queue), least, most, segments, mss, window, loop (what is
     *     sent comes back), pinned (flow i comes in at queue i), tell (a line once so many were received), stall (milliseconds
     *     without a frame after which it fails)
     */
    Exchange(Port port, MbufCache cache, Words words) {
        this.cache = cache;
        int seed = words.number("seed");
        int least = words.number("least", Frames.LEAST);
        int most = words.number("most", 1_514);
        int segments = words.number("segments", 1);
        int mss = words.number("mss", 0);
        sender = new Frames(seed, least, most, segments, mss);
        receiver = new Frames(words.number("from", seed), least, most, segments, mss);
        count = words.large("count");
        window = words.number("window", 0);
        loop = words.flag("loop", false);
        pinned = words.flag("pinned", true);
        tellAt = words.large("tell", Long.MAX_VALUE);
        stallNs = TimeUnit.MILLISECONDS.toNanos(words.large("stall", 15_000));
        int queues = port.rxQueueCount();
        rx = new RxQueue[queues];
        tx = new TxQueue[queues];
        out = new MbufArray[queues];
        for (int i = 0; i < queues; i++) {
            rx[i] = port.rxQueue(i);
            tx[i] = port.txQueue(i);
            out[i] = new MbufArray(BURST);
        }
        sent = new long[queues];
        acknowledged = new long[queues];
        received = new long[queues];
        told = new long[queues];
    }

    /** Runs it to its end. */
    Words run() {
        long began = System.nanoTime();
        try {
            drive();
        } finally {
            for (int i = 0; i < rx.length; i++) {
                cache.free(out[i]);
                rx[i].release();
                tx[i].release();
            }
        }
        Map<String, String> result = new LinkedHashMap<>();
        result.put("sent", Long.toString(totalSent));
        result.put("received", Long.toString(totalReceived));
        result.put("bytes", Long.toString(bytes));
        result.put("lost", Long.toString(lost));
        result.put("disordered", Long.toString(disordered));
        result.put("corrupt", Long.toString(corrupt));
        result.put("misrouted", Long.toString(misrouted));
        result.put("foreign", Long.toString(foreign));
        result.put("refusals", Long.toString(refusals));
        result.put("merged", Long.toString(merged));
        result.put("mssRight", Long.toString(mssRight));
        result.put("checksumGood", Long.toString(checksumGood));
        result.put("checksumBad", Long.toString(checksumBad));
        result.put("checksumOmitted", Long.toString(checksumOmitted));
        result.put("segmentsMost", Integer.toString(segmentsMost));
        result.put("micros", Long.toString((System.nanoTime() - began) / 1_000));
        return new Words("exchanged", result);
    }

    private void drive() {
        long last = System.nanoTime();
        long lastTold = last;
        boolean tell = tellAt != Long.MAX_VALUE;
        while (!isDone()) {
            boolean progress = false;
            for (int i = 0; i < rx.length; i++) {
                progress |= receive(i);
                progress |= send(i);
            }
            long now = System.nanoTime();
            if (progress) {
                last = now;
            } else if (now - last > stallNs) {
                throw new IllegalStateException("nothing moves: " + state());
            }
            idle.onRound(progress);
            if (tell && totalReceived >= tellAt || now - lastTold > TELL_NS) {
                tell = false;
                lastTold = now;
                System.out.println("progress received=" + totalReceived + " sent=" + totalSent);
            }
        }
    }

    private boolean isDone() {
        for (int i = 0; i < rx.length; i++) {
            boolean answered = window == 0 || loop || told[i] == count;
            if (sent[i] < count || received[i] < count || out[i].size() > 0 || !answered) {
                return false;
            }
        }
        return true;
    }

    private boolean receive(int queue) {
        int n = rx[queue].receive(in);
        for (int i = 0; i < n; i++) {
            onFrame(queue, in.get(i));
        }
        cache.free(in);
        return n > 0;
    }

    private void onFrame(int queue, long mbuf) {
        Frames.Kind kind = receiver.read(mbuf);
        int flow = receiver.flow();
        if (kind == Frames.Kind.FOREIGN || flow >= rx.length) {
            foreign++;
            return;
        }
        if (!loop) {
            acknowledged[flow] = Math.max(acknowledged[flow], receiver.acknowledged());
        }
        if (kind == Frames.Kind.ACKNOWLEDGEMENT) {
            return;
        }
        long number = receiver.number();
        if (pinned && flow != queue) {
            misrouted++;
        }
        if (number < received[flow]) {
            disordered++;
            return;
        }
        lost += number - received[flow];
        received[flow] = number + 1;
        if (loop) {
            acknowledged[flow] = number + 1;
        }
        totalReceived++;
        bytes += receiver.length();
        int differs = receiver.mismatch(number);
        if (differs >= 0) {
            corrupt++;
            System.out.println("corrupt flow=" + flow + " number=" + number + " at=" + differs + " length="
                    + receiver.length() + " segments=" + Mbuf.segments(mbuf));
        }
        segmentsMost = Math.max(segmentsMost, Mbuf.segments(mbuf));
        merged += Mbuf.isLro(mbuf) ? 1 : 0;
        mssRight += Mbuf.isLro(mbuf) && Mbuf.tsoSegmentBytes(mbuf) == receiver.mss() ? 1 : 0;
        checksumGood += Mbuf.isTcpChecksumGood(mbuf) ? 1 : 0;
        checksumBad += Mbuf.isTcpChecksumBad(mbuf) ? 1 : 0;
        checksumOmitted += Mbuf.isTcpChecksumOmitted(mbuf) ? 1 : 0;
    }

    private boolean send(int queue) {
        MbufArray frames = out[queue];
        while (frames.size() < BURST
                && sent[queue] < count
                && (window == 0 || sent[queue] - acknowledged[queue] < window)) {
            long mbuf = sender.data(cache, scratch, queue, sent[queue], received[queue]);
            if (mbuf == 0) {
                break;
            }
            frames.add(mbuf);
            sent[queue]++;
            told[queue] = received[queue];
        }
        if (window > 0
                && !loop
                && frames.size() < BURST
                && (received[queue] - told[queue] >= window / 4 || told[queue] < count && received[queue] == count)) {
            long mbuf = sender.acknowledgement(cache, scratch, queue, received[queue]);
            if (mbuf != 0) {
                frames.add(mbuf);
                told[queue] = received[queue];
            }
        }
        int size = frames.size();
        if (size == 0) {
            return false;
        }
        int accepted = tx[queue].send(frames);
        totalSent += accepted;
        if (accepted < size) {
            refusals++;
        }
        return accepted > 0;
    }

    private String state() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rx.length; i++) {
            text.append("queue ").append(i).append(" sent ").append(sent[i] - out[i].size());
            text.append(" acknowledged ")
                    .append(acknowledged[i])
                    .append(" received ")
                    .append(received[i]);
            text.append(" of ").append(count).append("; ");
        }
        return text + "lost " + lost + " disordered " + disordered + " corrupt " + corrupt + " foreign " + foreign
                + ", free mbufs " + cache.pool().available();
    }
}
