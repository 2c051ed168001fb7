package dev.remora.homa.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue that loses IP packets on their way out, sends some twice and some late, so that others overtake them. All are as
 * short as the wire has them: what is lost is a packet and not a message. ARP and ICMPv6 get through.
 */
public final class LossyQueue implements FrameQueue {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int ICMPV6 = 58;
    /** Bursts that a late packet waits for at most. */
    private static final int LATEST = 20;

    private final FrameQueue below;
    private final FrameCapabilities capabilities;
    private final double loss;
    private final double others;
    private final SplittableRandom random;
    private final MemorySegment place;
    private final Queue<Late> late = new ArrayDeque<>();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong doubled = new AtomicLong();
    private final AtomicLong delayed = new AtomicLong();
    private long bursts;

    private record Late(byte[] frame, Offload offload, int l3Bytes, long dueBurst) {}

    /**
     * Puts one over another.
     *
     * @param loss share of packets lost, 0 to 1
     * @param others share of packets sent twice, and of those sent late
     */
    public LossyQueue(FrameQueue below, double loss, double others, long seed) {
        this.below = below;
        this.loss = loss;
        this.others = others;
        random = new SplittableRandom(seed);
        FrameCapabilities of = below.capabilities();
        int most = of.mtu() + ETHERNET_BYTES;
        capabilities = new FrameCapabilities(
                of.mtu(),
                most,
                of.tcpChecksum(),
                of.udpChecksum(),
                false,
                of.checksumSeed(),
                of.segmentationSeed(),
                of.linkMbps());
        place = Arena.ofAuto().allocate(most, 64);
    }

    public long lost() {
        return lost.get();
    }

    public long doubled() {
        return doubled.get();
    }

    public long delayed() {
        return delayed.get();
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public MemorySegment memory() {
        return place;
    }

    @Override
    public long reserve(int bytes) {
        return bytes <= place.byteSize() ? 0 : NO_ROOM;
    }

    @Override
    public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
        byte[] frame = place.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
        if (!carriesHoma(frame)) {
            pass(frame, offload, l3Bytes);
            return;
        }
        double fate = random.nextDouble();
        if (fate < loss) {
            lost.incrementAndGet();
        } else if (fate < loss + others) {
            delayed.incrementAndGet();
            late.add(new Late(frame, offload, l3Bytes, bursts + random.nextInt(1, LATEST + 1)));
        } else {
            pass(frame, offload, l3Bytes);
            if (fate < loss + 2 * others) {
                doubled.incrementAndGet();
                pass(frame, offload, l3Bytes);
            }
        }
    }

    private static boolean carriesHoma(byte[] frame) {
        int type = (frame[12] & 0xff) << 8 | frame[13] & 0xff;
        return type == IPV4 || (type == IPV6 && frame[ETHERNET_BYTES + 6] != ICMPV6);
    }

    /** What the device has no room for is lost, too. */
    private void pass(byte[] frame, Offload offload, int l3Bytes) {
        long at = below.reserve(frame.length);
        if (at == NO_ROOM) {
            below.flush();
            at = below.reserve(frame.length);
        }
        if (at == NO_ROOM) {
            lost.incrementAndGet();
            return;
        }
        MemorySegment.copy(frame, 0, below.memory(), ValueLayout.JAVA_BYTE, at, frame.length);
        below.commit(frame.length, offload, l3Bytes, 0);
    }

    @Override
    public long fullCount() {
        return below.fullCount();
    }

    @Override
    public long backlogBytes() {
        return below.backlogBytes();
    }

    @Override
    public void flush() {
        below.flush();
    }

    @Override
    public int pending() {
        return below.pending();
    }

    @Override
    public int receive(FrameSink sink) {
        bursts++;
        while (!late.isEmpty() && late.element().dueBurst <= bursts) {
            Late due = late.remove();
            pass(due.frame, due.offload, due.l3Bytes);
        }
        below.flush();
        return below.receive(sink);
    }

    @Override
    public void release() {
        below.release();
    }

    @Override
    public void takeOver() {
        below.takeOver();
    }

    @Override
    public void close() {
        below.close();
    }
}
