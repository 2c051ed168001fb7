package dev.remora.homa.host;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.IpParser;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import dev.remora.homa.protocol.wire.UnreachablePacket;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Packets to and from the peers of this host: a queue of frames for each, and a table by address.
 *
 * <p>Ways are made and taken down by threads of the network, and used by the one that owns the port. So a new way, and one
 * to be given up, are noted, and the owner sees to them when it receives next; if the port has no owner, the thread that
 * waits for it does.
 */
final class HostPort implements PacketPort {
    /** Stands for a thread of the network that sees to changes, and is done with it at once; never runs. */
    private static final Thread ATTENDANT = Thread.ofPlatform().unstarted(() -> {});

    private static final int MOST_HEADER_BYTES = Way.ETHERNET_BYTES + IpHeader.IPV6_BYTES + HomaHeader.MAX_BYTES;
    private static final long PATIENCE_MS = 2;

    /** What became of packets that were lost. */
    enum Lost {
        /** To a peer without a way. */
        NO_ROUTE,
        /** Not IPv4, such as a frame that only makes a driver tidy up. */
        NOT_IP,
        /** No Homa packet by the rules of {@link IpParser}. */
        NOT_HOMA,
        /** From or to an address that is not that of the way. */
        WRONG_ADDRESS,
        /** In pieces that are too small, or several where there is one. */
        BAD_PIECES
    }

    private record Change(Way way, boolean add) {}

    private final FrameCapabilities capabilities;
    private final Bell bell;
    private final IpParser parser = new IpParser(false, false, IpHeader.defaultPriorityMap());
    private final ParsedPacket packet = new ParsedPacket();
    private final UnreachablePacket unreachable = new UnreachablePacket();
    private final Inbound inbound = new Inbound();
    private final AtomicLongArray lost = new AtomicLongArray(Lost.values().length);
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    /** The table, searched one by one: there are at most 32, mostly a few. Owner only. */
    private Way[] ways = new Way[0];

    private @Nullable Way current;
    /** Some way had no room for all frames at the last flush. Owner only. */
    private boolean pending;

    private final ArrayDeque<Change> changes = new ArrayDeque<>();
    private volatile boolean changed;
    private volatile boolean closed;

    /** @param bell of the engine that uses the port */
    HostPort(FrameCapabilities capabilities, Bell bell) {
        this.capabilities = capabilities;
        this.bell = bell;
    }

    // --- for the network's threads -----------------------------------------------------------------------------------

    /** Waits until the port uses the way; false if it is closed, or nobody sees to it in time. */
    boolean add(Way way, long timeoutNs) throws InterruptedException {
        note(new Change(way, true));
        return await(way.added, timeoutNs) && way.removed.getCount() > 0;
    }

    /** Waits until the port does not use the way any more, and its queue is closed; false if that takes too long. */
    boolean remove(Way way, long timeoutNs) throws InterruptedException {
        note(new Change(way, false));
        return await(way.removed, timeoutNs);
    }

    /** The same without waiting, for a way whose queue nobody else needs. */
    void giveUp(Way way) {
        note(new Change(way, false));
    }

    private void note(Change change) {
        synchronized (changes) {
            if (closed) {
                end(change.way());
                return;
            }
            changes.add(change);
            changed = true;
        }
        // A thread that sleeps most likely owns the port, and is the one to see to it.
        bell.wake();
    }

    /** Closes the queue of a way that nobody uses. */
    private static void end(Way way) {
        if (way.removed.getCount() > 0) {
            way.queue.close();
        }
        way.added.countDown();
        way.removed.countDown();
    }

    private boolean await(CountDownLatch done, long timeoutNs) throws InterruptedException {
        long end = System.nanoTime() + timeoutNs;
        while (true) {
            seeToChanges();
            if (done.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
        }
    }

    /** Sees to the changes if nobody owns the port, or the calling thread does. */
    void seeToChanges() {
        Thread now = owner.get();
        boolean mine = now == Thread.currentThread();
        if ((now == null || mine || (now != ATTENDANT && !now.isAlive())) && owner.compareAndSet(now, ATTENDANT)) {
            try {
                apply();
                if (!mine) {
                    for (Way way : ways) {
                        way.queue.release();
                    }
                }
            } finally {
                owner.set(mine ? now : null);
            }
        }
    }

    long lost(Lost kind) {
        return lost.get(kind.ordinal());
    }

    // --- for the owner -----------------------------------------------------------------------------------------------

    private void check() {
        if (owner.getPlain() != Thread.currentThread()) {
            claim();
        }
    }

    private void claim() {
        Thread me = Thread.currentThread();
        while (true) {
            Thread now = owner.get();
            if (now == me) {
                return;
            }
            if (now != null && now != ATTENDANT && now.isAlive()) {
                throw new IllegalStateException("this port belongs to thread " + now.getName() + "; thread "
                        + me.getName() + " cannot use it: release() it there first");
            }
            if (now != ATTENDANT && owner.compareAndSet(now, me)) {
                return;
            }
            Thread.onSpinWait();
        }
    }

    private void apply() {
        while (changed) {
            Change change;
            synchronized (changes) {
                change = changes.poll();
                changed = !changes.isEmpty();
            }
            if (change == null) {
                return;
            }
            if (change.add()) {
                ways = Arrays.copyOf(ways, ways.length + 1);
                ways[ways.length - 1] = change.way();
                change.way().added.countDown();
            } else {
                drop(change.way());
            }
        }
    }

    private void drop(Way way) {
        if (current == way) {
            current = null;
        }
        ways = Arrays.stream(ways).filter(each -> each != way).toArray(Way[]::new);
        end(way);
    }

    private @Nullable Way way(long high, long low) {
        if (high == 0) {
            for (Way way : ways) {
                if (way.peerLow == low) {
                    return way;
                }
            }
        }
        return null;
    }

    Bell bell() {
        return bell;
    }

    @Override
    public Awaitable awaitable() {
        return bell;
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long reserve(long peerHigh, long peerLow, int bytes) {
        check();
        Way way = current;
        if (way == null || way.peerLow != peerLow || peerHigh != 0) {
            way = way(peerHigh, peerLow);
            if (way == null) {
                count(Lost.NO_ROUTE);
                return NO_ROUTE;
            }
            current = way;
        }
        long at = way.queue.reserve(Way.ETHERNET_BYTES + bytes);
        if (at == FrameQueue.NO_ROOM) {
            return NO_ROOM;
        }
        way.writeHeader(way.queue.memory(), at);
        return at + Way.ETHERNET_BYTES;
    }

    private Way current() {
        Way way = current;
        if (way == null) {
            throw new IllegalStateException("nothing is reserved");
        }
        return way;
    }

    @Override
    public MemorySegment memory() {
        return current().queue.memory();
    }

    @Override
    public long sourceHigh() {
        return 0;
    }

    @Override
    public long sourceLow() {
        return current().ownLow;
    }

    @Override
    public void commit(int bytes, Offload offload, int segmentBytes) {
        check();
        Way way = current();
        way.queue.commit(Way.ETHERNET_BYTES + bytes, offload, IpHeader.IPV4_BYTES, segmentBytes);
        way.isToRing = true;
    }

    @Override
    public void flush() {
        check();
        pending = false;
        for (Way way : ways) {
            way.queue.flush();
            if (way.isToRing) {
                way.isToRing = way.queue.pending() > 0;
                pending |= way.isToRing;
                way.bell.wake();
            }
        }
    }

    @Override
    public boolean isPending() {
        check();
        return pending;
    }

    @Override
    public int receive(PacketSink sink, long nowNs) {
        check();
        if (changed) {
            apply();
        }
        int frames = 0;
        for (Way way : ways) {
            if (way.receives) {
                inbound.begin(way, sink);
                frames += way.queue.receive(inbound);
            }
        }
        return frames;
    }

    @Override
    public void refuse(MemorySegment memory, ParsedPacket refused) {
        long at = reserve(refused.sourceHigh(), refused.sourceLow(), UnreachablePacket.maxBytes());
        if (at >= 0) {
            int bytes = UnreachablePacket.write(memory, refused, 0, memory(), at);
            commit(bytes, Offload.NONE, 0);
        }
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        return Long.MAX_VALUE;
    }

    @Override
    public void release() {
        Thread now = owner.get();
        if (now != Thread.currentThread()) {
            if (now != null && now != ATTENDANT && now.isAlive()) {
                throw new IllegalStateException("this port belongs to thread " + now.getName());
            }
            return;
        }
        for (Way way : ways) {
            way.queue.release();
        }
        owner.set(null);
    }

    @Override
    public void takeOver() {
        Thread me = Thread.currentThread();
        while (true) {
            Thread now = owner.get();
            if (now != ATTENDANT && owner.compareAndSet(now, me)) {
                break;
            }
            Thread.onSpinWait();
        }
        for (Way way : ways) {
            way.queue.takeOver();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        check();
        synchronized (changes) {
            closed = true;
            changed = false;
            // Before anybody can see that we are closed: who gives up a way then closes its queue himself if we have
            // not.
            for (Way way : ways) {
                end(way);
            }
            for (Change change : changes) {
                end(change.way());
            }
            changes.clear();
        }
        ways = new Way[0];
        current = null;
        owner.set(null);
    }

    private void count(Lost kind) {
        lost.setRelease(kind.ordinal(), lost.getPlain(kind.ordinal()) + 1);
    }

    /** Makes packets of what the queue of one way received. */
    private final class Inbound implements FrameSink {
        private @Nullable Way way;
        private @Nullable PacketSink sink;
        /** Bytes of the last packet that are still to come. */
        private int missing;

        void begin(Way from, PacketSink to) {
            way = from;
            sink = to;
            missing = 0;
        }

        private PacketSink sink() {
            PacketSink to = sink;
            if (to == null) {
                throw new IllegalStateException("frames come before receive()");
            }
            return to;
        }

        @Override
        public void onFrame(MemorySegment memory, long at, int bytes, int frameBytes, boolean checksumKnownGood) {
            missing = 0;
            if (bytes < Way.ETHERNET_BYTES || memory.get(Way.SHORT, at + 12) != Way.IPV4) {
                count(Lost.NOT_IP);
                return;
            }
            if (bytes > frameBytes || bytes < Math.min(frameBytes, MOST_HEADER_BYTES)) {
                count(Lost.BAD_PIECES);
                return;
            }
            long ip = at + Way.ETHERNET_BYTES;
            Verdict verdict = parser.parse(memory, ip, frameBytes - Way.ETHERNET_BYTES, packet);
            if (verdict != Verdict.HOMA && verdict != Verdict.ICMP) {
                count(Lost.NOT_HOMA);
                return;
            }
            Way from = way;
            if (packet.ipv6() || from == null || !from.allows(packet.sourceLow(), packet.destinationLow())) {
                count(Lost.WRONG_ADDRESS);
                return;
            }
            int contiguous = (int) Math.min(packet.homaLength(), at + bytes - packet.homaOffset());
            boolean whole = contiguous == packet.homaLength();
            if (verdict == Verdict.ICMP) {
                onIcmp(memory, whole);
            } else if (whole || HomaHeader.type(memory, packet.homaOffset()) == HomaHeader.DATA) {
                missing = packet.homaLength() - contiguous;
                sink().onHoma(packet, memory, contiguous);
            } else {
                count(Lost.BAD_PIECES);
            }
        }

        private void onIcmp(MemorySegment memory, boolean whole) {
            if (!whole || !unreachable.parse(memory, packet)) {
                count(Lost.NOT_HOMA);
                return;
            }
            Unreachable kind = switch (unreachable.kind()) {
                case PORT -> Unreachable.PORT;
                case PROTOCOL -> Unreachable.PROTOCOL;
                case HOST -> Unreachable.HOST;
                // Nobody between the processes of a host has an MTU of its own.
                case FRAGMENTATION_NEEDED -> null;
            };
            if (kind != null) {
                sink().onUnreachable(
                                kind, unreachable.remoteHigh(), unreachable.remoteLow(), unreachable.destinationPort());
            }
        }

        @Override
        public void onMore(MemorySegment memory, long at, int bytes) {
            int wanted = Math.min(bytes, missing);
            if (wanted > 0) {
                missing -= wanted;
                sink().onMore(memory, at, wanted);
            }
        }

        @Override
        public void onBurstEnd() {
            sink().onBurstEnd();
        }
    }
}
