package dev.remora.homa.net;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.Offload;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.IpParser;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;

/** One end of a wire whose memory is all made beforehand, so that whatever is allocated is not the port's doing. */
final class QuietPort implements PacketPort {
    private static final int RING = 1 << 11;
    private static final int SLOT = 2_048;
    private static final int BURST = 32;
    private static final FrameCapabilities CAPABILITIES =
            new FrameCapabilities(1_500, 1_514, false, false, false, ChecksumSeed.COMPLETE, ChecksumSeed.COMPLETE, 0);

    /** A ring of packets for one writer and one reader at a time. */
    static final class Wire {
        private final MemorySegment memory = MemorySegment.ofArray(new byte[RING * SLOT]);
        private final int[] lengths = new int[RING];
        /** Packets written and handed over. */
        private volatile long written;
        /** Packets read and done with. */
        private volatile long read;

        private static long at(long packet) {
            return (packet & (RING - 1)) * SLOT;
        }
    }

    private final long ownLow;
    private final Wire out;
    private final Wire in;
    private final IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
    private final ParsedPacket packet = new ParsedPacket();
    private long next;

    QuietPort(long ownLow, Wire out, Wire in) {
        this.ownLow = ownLow;
        this.out = out;
        this.in = in;
    }

    @Override
    public FrameCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public long reserve(long peerHigh, long peerLow, int bytes) {
        return next - out.read >= RING ? NO_ROOM : Wire.at(next);
    }

    @Override
    public MemorySegment memory() {
        return out.memory;
    }

    @Override
    public long sourceHigh() {
        return 0;
    }

    @Override
    public long sourceLow() {
        return ownLow;
    }

    @Override
    public void commit(int bytes, Offload offload, int segmentBytes) {
        out.lengths[(int) (next & (RING - 1))] = bytes;
        next++;
    }

    @Override
    public void flush() {
        out.written = next;
    }

    @Override
    public boolean isPending() {
        return false;
    }

    @Override
    public int receive(PacketSink sink, long nowNs) {
        long from = in.read;
        long to = Math.min(in.written, from + BURST);
        for (long each = from; each < to; each++) {
            int bytes = in.lengths[(int) (each & (RING - 1))];
            if (parser.parse(in.memory, Wire.at(each), bytes, packet) != ParsedPacket.Verdict.HOMA) {
                throw new AssertionError("verdict " + packet.verdict());
            }
            sink.onHoma(packet, in.memory, packet.homaLength());
        }
        sink.onBurstEnd();
        in.read = to;
        return (int) (to - from);
    }

    @Override
    public void refuse(MemorySegment memory, ParsedPacket refused) {
        throw new AssertionError("a packet for a port nobody listens on");
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        return Long.MAX_VALUE;
    }

    @Override
    public void takeOver() {
        // It has no owner.
    }

    @Override
    public void release() {}

    @Override
    public void close() {}
}
