package dev.remora.dpdk.exchange;

import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Frames whose every byte follows from a seed, a flow and a number, so that a receiver can make the frame that was sent
 * again and compare. IPv4 with UDP, or with TCP for super-packets, as devices look at the headers of those.
 */
final class Frames {
    /** Ethernet, IPv4, UDP, and the 16 bytes of our own. */
    static final int LEAST = 60;
    /** As long as IPv4 allows. */
    static final int MOST = 14 + 65_535;

    static final int L2 = 14;
    static final int L3 = 20;
    static final int TCP = 20;
    private static final int UDP = 8;
    private static final int OWN = 16;
    private static final byte DATA = 1;
    private static final byte ACKNOWLEDGEMENT = 2;

    private final int seed;
    private final int least;
    private final int most;
    private final int segmentsMost;
    private final int mss;
    private final int headers;
    private final ByteBuffer made = ByteBuffer.allocate(MOST);
    private final byte[] got = new byte[MOST];

    /**
     * Frames of one sender.
     *
     * @param seed of sizes and payloads
     * @param least length of a frame
     * @param most length of a frame
     * @param segmentsMost mbufs a frame may be spread over
     * @param mss of the TSO request; 0 for UDP frames without one
     */
    Frames(int seed, int least, int most, int segmentsMost, int mss) {
        headers = L2 + L3 + (mss > 0 ? TCP : UDP);
        if (least < headers + OWN || most > MOST || least > most) {
            throw new IllegalArgumentException("frames of " + least + " to " + most + " bytes");
        }
        this.seed = seed;
        this.least = least;
        this.most = most;
        this.segmentsMost = segmentsMost;
        this.mss = mss;
    }

    int seed() {
        return seed;
    }

    int mss() {
        return mss;
    }

    /** What a received frame is. */
    enum Kind {
        DATA,
        ACKNOWLEDGEMENT,
        /** Of another exchange, or of the kernel. */
        FOREIGN
    }

    /** The number of frame {@code number} as a 64-bit value from which all else of it comes. */
    private long mixed(int flow, long number) {
        long z = number * 0x9e37_79b9_7f4a_7c15L + ((long) seed << 20) + flow;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    int length(int flow, long number) {
        if (number < 2) {
            return number == 0 ? least : most;
        }
        return least + (int) Long.remainderUnsigned(mixed(flow, number), most - least + 1);
    }

    private int segments(int flow, long number) {
        if (segmentsMost == 1) {
            return 1;
        }
        return number < 2 ? segmentsMost : 2 + (int) (mixed(flow, number) >>> 40) % (segmentsMost - 1);
    }

    /** Makes a frame; what does not follow from its number is zero. */
    private int make(int flow, long number) {
        int length = length(flow, number);
        long state = mixed(flow, number);
        header(length, flow, (int) number);
        int at = headers;
        made.putInt(at, seed).put(at + 4, (byte) flow).put(at + 5, DATA).putShort(at + 6, (short) length);
        made.putInt(at + 8, (int) number).putInt(at + 12, 0);
        at += OWN;
        // A byte for what remains behind the last whole word.
        for (; at + 8 <= length; at += 8) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            made.putLong(at, state);
        }
        for (; at < length; at++) {
            state = state * 31 + 17;
            made.put(at, (byte) (state >>> 8));
        }
        return length;
    }

    private void header(int length, int flow, int number) {
        made.putLong(0, 0x0200_5e00_0001_0200L).putInt(8, 0x5e00_0002).putShort(12, (short) 0x0800);
        made.putInt(L2, 0x4500_0000 | length - L2).putInt(L2 + 4, (number & 0xffff) << 16 | 0x4000);
        made.putShort(L2 + 8, (short) (mss > 0 ? 0x4006 : 0x4011)).putShort(L2 + 10, (short) 0);
        // TEST-NET-2 and TEST-NET-3
        made.putInt(L2 + 12, 0xc633_6401).putInt(L2 + 16, 0xcb00_7102);
        made.putShort(L2 + 10, (short) Checksums.of(made.array(), L2, L3, 0));
        int l4 = L2 + L3;
        made.putShort(l4, (short) (20_000 + flow)).putShort(l4 + 2, (short) 20_000);
        if (mss > 0) {
            made.putInt(l4 + 4, number)
                    .putInt(l4 + 8, 0)
                    .putInt(l4 + 12, 0x5010_4000)
                    .putInt(l4 + 16, 0);
        } else {
            made.putShort(l4 + 4, (short) (length - L2 - L3)).putShort(l4 + 6, (short) 0);
        }
    }

    /** Allocates and fills a data frame; 0 when there are too few mbufs now. */
    long data(MbufCache cache, MbufArray scratch, int flow, long number, long acknowledged) {
        int length = make(flow, number);
        made.putInt(headers + 12, (int) acknowledged);
        return frame(cache, scratch, length, segments(flow, number));
    }

    /** Allocates and fills a frame that only tells how much was received; 0 when there is no mbuf now. */
    long acknowledgement(MbufCache cache, MbufArray scratch, int flow, long acknowledged) {
        int length = headers + OWN + 2;
        header(length, flow, 0);
        made.putInt(headers, seed).put(headers + 4, (byte) flow).put(headers + 5, ACKNOWLEDGEMENT);
        made.putShort(headers + 6, (short) length).putInt(headers + 8, 0).putInt(headers + 12, (int) acknowledged);
        made.putShort(headers + OWN, (short) 0);
        return frame(cache, scratch, length, 1);
    }

    private long frame(MbufCache cache, MbufArray scratch, int length, int segments) {
        long mbuf = spread(cache, scratch, made.array(), length, segments);
        if (mbuf != 0 && mss > 0 && length > headers + mss) {
            Mbuf.requestTso(mbuf, L2, L3, TCP, mss, true);
        }
        return mbuf;
    }

    /** Copies a frame into a chain of so many mbufs, or more if their room does not suffice; 0 if there are too few. */
    static long spread(MbufCache cache, MbufArray scratch, byte[] frame, int length, int segments) {
        return spread(cache, scratch, frame, length, segments, false);
    }

    /** The same; with {@code even} all parts but the last have an even length. */
    static long spread(MbufCache cache, MbufArray scratch, byte[] frame, int length, int segments, boolean even) {
        scratch.clear();
        int room = cache.pool().config().dataRoomBytes() - 128;
        int count = Math.max(segments, (length + room - 2) / (room - 1));
        if (!cache.allocate(scratch, count)) {
            return 0;
        }
        long head = scratch.get(0);
        long last = head;
        int done = 0;
        for (int i = 0; i < count; i++) {
            long mbuf = scratch.get(i);
            int part = (int) ((long) length * (i + 1) / count) - done;
            if (even && i < count - 1) {
                part += part & 1;
            }
            Mbuf.length(mbuf, part);
            MemorySegment.copy(frame, done, Mbuf.memory(), ValueLayout.JAVA_BYTE, Mbuf.dataAddress(mbuf), part);
            done += part;
            if (i > 0) {
                cache.append(head, last, mbuf);
                last = mbuf;
            }
        }
        scratch.clear();
        return head;
    }

    /** Copies a received frame; returns its length, or -1 if its chain contradicts itself. */
    static int gather(long mbuf, byte[] into) {
        int length = Mbuf.packetLength(mbuf);
        int at = 0;
        int segments = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            int part = Mbuf.dataLength(segment);
            if (at + part > Math.min(length, into.length)) {
                return -1;
            }
            MemorySegment.copy(Mbuf.memory(), ValueLayout.JAVA_BYTE, Mbuf.dataAddress(segment), into, at, part);
            at += part;
            segments++;
        }
        return at == length && segments == Mbuf.segments(mbuf) ? length : -1;
    }

    // What read() found.
    private int gotLength;
    private int gotFlow;
    private long gotNumber;
    private int gotAcknowledged;

    /** Reads a frame of this sender. */
    Kind read(long mbuf) {
        gotLength = gather(mbuf, got);
        ByteBuffer in = ByteBuffer.wrap(got);
        if (gotLength < headers + OWN || in.getInt(headers) != seed) {
            return Kind.FOREIGN;
        }
        gotFlow = in.get(headers + 4) & 0xff;
        gotNumber = Integer.toUnsignedLong(in.getInt(headers + 8));
        gotAcknowledged = in.getInt(headers + 12);
        return in.get(headers + 5) == ACKNOWLEDGEMENT ? Kind.ACKNOWLEDGEMENT : Kind.DATA;
    }

    int flow() {
        return gotFlow;
    }

    /** Low 32 bits of the number. */
    long number() {
        return gotNumber;
    }

    int acknowledged() {
        return gotAcknowledged;
    }

    int length() {
        return gotLength;
    }

    /** First byte that differs from the frame of that number, -1 if none does. */
    int mismatch(long number) {
        int length = make(gotFlow, number);
        Arrays.fill(got, headers + 12, headers + 16, (byte) 0);
        if (mss > 0) {
            // On its way to a device that computes it: the pseudo-header's sum.
            got[L2 + L3 + 16] = 0;
            got[L2 + L3 + 17] = 0;
        }
        return Arrays.mismatch(got, 0, gotLength, made.array(), 0, length);
    }
}
