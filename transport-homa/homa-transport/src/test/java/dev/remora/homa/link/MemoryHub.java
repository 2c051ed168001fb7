package dev.remora.homa.link;

import dev.remora.homa.protocol.wire.ChecksumSeed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet switch in memory. Each {@link #attach} makes a queue; queues may be on different threads. Learns MAC addresses,
 * floods what it does not know, and drops what a full queue cannot take. Loss, duplicates and swapped frames are drawn from the
 * seed, so that with one thread a run can be repeated.
 */
public final class MemoryHub {
    public static final int BURST = 32;

    private static final int GAP = 64;
    private static final int MAX_STATIONS = 1024;
    private static final int MAX_FRAME = 65_535 + 14;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /**
     * @param mtu largest IP packet
     * @param ringFrames frames a queue holds in either direction
     * @param offloads checksums and segmentation are offered: frames are carried whole, and flagged as good
     * @param pieceBytes frames arrive in pieces of so many bytes; 0 = whole
     */
    public record Options(int mtu, int ringFrames, boolean offloads, int pieceBytes) {
        public static final Options PLAIN = new Options(1500, 256, false, 0);
        public static final Options SEGMENTING = new Options(1500, 64, true, 0);
    }

    private final Options options;
    private final SplittableRandom random;
    private final List<Station> stations = new ArrayList<>();
    private final Map<Long, Station> byMac = new HashMap<>();
    private double loss;
    private double duplication;
    private double reordering;
    private long dropped;

    public MemoryHub(Options options, long seed) {
        this.options = options;
        random = new SplittableRandom(seed);
    }

    /** From now on each frame is lost, comes twice, or overtakes the one before with these probabilities. */
    public synchronized void disturb(double lossShare, double duplicateShare, double reorderShare) {
        loss = lossShare;
        duplication = duplicateShare;
        reordering = reorderShare;
    }

    public synchronized FrameQueue attach() {
        Station station = new Station();
        stations.add(station);
        return station;
    }

    /** Frames lost on purpose or for want of room. */
    public synchronized long dropped() {
        return dropped;
    }

    private synchronized void carry(Station from, MemorySegment m, long at, int bytes, boolean good) {
        long source = mac(m, at + 6);
        if (byMac.size() < MAX_STATIONS || byMac.containsKey(source)) {
            byMac.put(source, from);
        }
        if (loss > 0 && random.nextDouble() < loss) {
            dropped++;
            return;
        }
        int copies = duplication > 0 && random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            boolean group = (mac(m, at) & 1L << 40) != 0;
            Station to = group ? null : byMac.get(mac(m, at));
            if (to != null) {
                if (to != from) {
                    to.put(m, at, bytes, good);
                }
            } else {
                for (Station station : stations) {
                    if (station != from) {
                        station.put(m, at, bytes, good);
                    }
                }
            }
        }
    }

    private static long mac(MemorySegment m, long at) {
        return (m.get(SHORT, at) & 0xFFFFL) << 32 | (m.get(INT, at + 2) & 0xFFFF_FFFFL);
    }

    private final class Station implements FrameQueue {
        private final FrameCapabilities capabilities = new FrameCapabilities(
                options.mtu(),
                options.offloads() ? MAX_FRAME : options.mtu() + 14,
                options.offloads(),
                options.offloads(),
                options.offloads(),
                options.offloads() ? ChecksumSeed.PSEUDO_HEADER : ChecksumSeed.COMPLETE,
                options.offloads() ? ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH : ChecksumSeed.COMPLETE,
                10_000);
        private final int ring = options.ringFrames();
        // A tag of four bytes may have been added.
        private final int longest = capabilities.maxFrameBytes() + 4;
        private final int piece = options.pieceBytes() == 0 ? longest : options.pieceBytes();
        private final long slot = longest + (long) GAP * (longest / piece + 2);
        private final MemorySegment sent = Arena.ofAuto().allocate((long) longest * ring, 8);
        private final int[] sentBytes = new int[ring];
        private final boolean[] sentGood = new boolean[ring];
        private final MemorySegment arrived = Arena.ofAuto().allocate(slot * ring, 8);
        private final int[] arrivedBytes = new int[ring];
        private final boolean[] arrivedGood = new boolean[ring];
        /** Slots in the order of delivery. */
        private final int[] order = new int[ring];

        private int committed;
        private int reserved = -1;
        private int head;
        private int count;
        private int taken;
        private boolean closed;
        private @Nullable Thread owner;

        Station() {
            for (int i = 0; i < ring; i++) {
                order[i] = i;
            }
        }

        @Override
        public FrameCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public MemorySegment memory() {
            return sent;
        }

        @Override
        public long reserve(int bytes) {
            own();
            if (bytes < 14 || bytes > longest) {
                throw new IllegalArgumentException("a frame of " + bytes + " bytes");
            }
            if (committed == ring) {
                return NO_ROOM;
            }
            reserved = bytes;
            return (long) committed * longest;
        }

        @Override
        public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
            own();
            if (bytes > reserved || bytes < 14) {
                throw new IllegalArgumentException(bytes + " bytes in a place of " + reserved);
            }
            if (offload == Offload.SEGMENTATION
                    ? !options.offloads() || segmentBytes < 1
                    : bytes > options.mtu() + 18) {
                throw new IllegalArgumentException(bytes + " bytes, " + offload + ", segments of " + segmentBytes);
            }
            sentBytes[committed] = bytes;
            sentGood[committed] = offload != Offload.NONE;
            committed++;
            reserved = -1;
        }

        @Override
        public void flush() {
            own();
            for (int i = 0; i < committed; i++) {
                carry(this, sent, (long) i * longest, sentBytes[i], sentGood[i]);
            }
            committed = 0;
        }

        @Override
        public int pending() {
            return committed;
        }

        /** With the hub's lock. */
        private void put(MemorySegment m, long at, int bytes, boolean good) {
            if (closed || count == ring) {
                dropped++;
                return;
            }
            int last = (head + count) % ring;
            int place = order[last];
            long to = place * slot + GAP;
            for (int from = 0; from < bytes; from += piece) {
                MemorySegment.copy(m, at + from, arrived, to, Math.min(piece, bytes - from));
                to += piece + GAP;
            }
            arrivedBytes[place] = bytes;
            arrivedGood[place] = good;
            count++;
            if (reordering > 0 && count - taken > 1 && random.nextDouble() < reordering) {
                int before = (last + ring - 1) % ring;
                order[last] = order[before];
                order[before] = place;
            }
        }

        @Override
        public int receive(FrameSink sink) {
            own();
            int n;
            synchronized (MemoryHub.this) {
                n = Math.min(count, BURST);
                taken = n;
            }
            try {
                for (int i = 0; i < n; i++) {
                    deliver(order[(head + i) % ring], sink);
                }
                sink.onBurstEnd();
            } finally {
                synchronized (MemoryHub.this) {
                    head = (head + n) % ring;
                    count -= n;
                    taken = 0;
                }
            }
            return n;
        }

        private void deliver(int place, FrameSink sink) {
            int bytes = arrivedBytes[place];
            long at = place * slot + GAP;
            sink.onFrame(arrived, at, Math.min(piece, bytes), bytes, arrivedGood[place]);
            for (int from = piece; from < bytes; from += piece) {
                at += piece + GAP;
                sink.onMore(arrived, at, Math.min(piece, bytes - from));
            }
        }

        private void own() {
            if (owner == null) {
                owner = Thread.currentThread();
            }
            if (closed || owner != Thread.currentThread()) {
                throw new IllegalStateException(closed ? "closed" : "owned by " + owner);
            }
        }

        @Override
        public void release() {
            owner = null;
        }

        @Override
        public void takeOver() {
            owner = Thread.currentThread();
        }

        @Override
        public void close() {
            synchronized (MemoryHub.this) {
                closed = true;
                stations.remove(this);
                byMac.values().removeIf(station -> station == this);
            }
        }
    }
}
