package dev.remora.homa.net;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.Offload;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpParser;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.UdpHeader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A port of a {@link MemoryNetwork}. Frames in pieces have the first bytes in one and the rest in others of 2,000 bytes. */
final class MemoryPort implements PacketPort {
    private static final int CAPACITY = 4_096;
    /** Stands for an ICMP error: the refusing host and the port. Shorter than any IP packet. */
    private static final int REFUSAL_BYTES = 10;

    private static final int BURST = 32;
    private static final int PIECE = 2_000;
    private static final int HEADROOM = 64;

    private final MemoryNetwork.Hub hub;
    private final long ownLow;
    private final FrameCapabilities capabilities;
    private final MemorySegment scratch = MemorySegment.ofArray(new byte[70_000]);
    private final Queue<byte[]> arrived = new ArrayDeque<>();
    private final List<byte[]> outgoing = new ArrayList<>();
    private final List<MemoryNetwork> targets = new ArrayList<>();
    private final IpParser parser;
    private final ParsedPacket packet = new ParsedPacket();
    private @Nullable MemoryNetwork target;
    private @Nullable Thread owner;
    private boolean closed;

    MemoryPort(MemoryNetwork.Hub hub, long ownLow, FrameCapabilities capabilities) {
        this.hub = hub;
        this.ownLow = ownLow;
        this.capabilities = capabilities;
        parser = new IpParser(true, true, new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        parser.acceptUdp(udpPort());
    }

    private void own() {
        Thread me = Thread.currentThread();
        Thread now = owner;
        if (now != null && now != me) {
            throw new IllegalStateException("port is driven by " + now + ", not by " + me);
        }
        if (closed) {
            throw new IllegalStateException("port is closed");
        }
        owner = me;
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int udpPort() {
        return UdpHeader.DEFAULT_PORT;
    }

    @Override
    public long reserve(long peerHigh, long peerLow, int bytes) {
        own();
        MemoryNetwork there = hub.at(peerLow);
        if (there == null) {
            return NO_ROUTE;
        }
        target = there;
        return outgoing.size() >= CAPACITY ? NO_ROOM : 0;
    }

    @Override
    public MemorySegment memory() {
        return scratch;
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
        own();
        MemoryNetwork to = target;
        if (to == null) {
            throw new IllegalStateException("nothing is reserved");
        }
        byte[] copy = new byte[bytes];
        MemorySegment.copy(scratch, 0, MemorySegment.ofArray(copy), 0, bytes);
        outgoing.add(copy);
        targets.add(to);
        target = null;
    }

    @Override
    public void flush() {
        own();
        for (int i = 0; i < outgoing.size(); i++) {
            byte[] bytes = outgoing.get(i);
            if (!hub.loses(bytes)) {
                targets.get(i).portFor(bytes).arrive(bytes);
            }
        }
        outgoing.clear();
        targets.clear();
    }

    private void arrive(byte[] bytes) {
        synchronized (arrived) {
            if (arrived.size() < CAPACITY) {
                arrived.add(bytes);
            }
        }
    }

    @Override
    public boolean isPending() {
        return false;
    }

    @Override
    public int receive(PacketSink sink, long nowNs) {
        own();
        int count = 0;
        while (count < BURST) {
            byte[] bytes;
            synchronized (arrived) {
                bytes = arrived.poll();
            }
            if (bytes == null) {
                break;
            }
            count++;
            deliver(bytes, sink);
        }
        sink.onBurstEnd();
        return count;
    }

    private void deliver(byte[] bytes, PacketSink sink) {
        if (bytes.length == REFUSAL_BYTES) {
            ByteBuffer refusal = ByteBuffer.wrap(bytes);
            sink.onUnreachable(Unreachable.PORT, 0, refusal.getLong(), refusal.getChar());
            return;
        }
        MemorySegment memory = MemorySegment.ofArray(bytes);
        if (parser.parse(memory, 0, bytes.length, packet) != ParsedPacket.Verdict.HOMA) {
            throw new AssertionError("verdict " + packet.verdict());
        }
        int length = packet.homaLength();
        int first = bytes.length > capabilities.mtu() ? Math.min(length, PIECE) : length;
        sink.onHoma(packet, memory, first);
        long at = packet.homaOffset() + first;
        while (first < length) {
            int piece = Math.min(PIECE, length - first);
            MemorySegment room = MemorySegment.ofArray(new byte[HEADROOM + piece]);
            MemorySegment.copy(memory, at, room, HEADROOM, piece);
            sink.onMore(room, HEADROOM, piece);
            at += piece;
            first += piece;
        }
    }

    @Override
    public void refuse(MemorySegment memory, ParsedPacket refused) {
        MemoryNetwork there = hub.at(refused.sourceLow());
        if (there != null) {
            byte[] refusal = ByteBuffer.allocate(REFUSAL_BYTES)
                    .putLong(ownLow)
                    .putChar((char) HomaHeader.destinationPort(memory, refused.homaOffset()))
                    .array();
            there.memoryPorts().forEach(port -> port.arrive(refusal));
        }
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        return Long.MAX_VALUE;
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
        own();
        closed = true;
    }
}
