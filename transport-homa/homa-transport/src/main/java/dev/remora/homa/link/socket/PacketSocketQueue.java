package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.Offload;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportMetric;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Frames over an AF_PACKET socket with PACKET_VNET_HDR: works on every NIC that Linux drives, beside the kernel's own
 * network. The NIC, or the kernel where the NIC cannot, cuts our frames like TCP's and fills their checksums. The kernel
 * hands us what {@link FrameFilters#ours} says and goes on as if we were not there. Every process with such a socket on the
 * interface gets all Homa frames that arrive, so what is for the ports of others must be let pass in silence.
 *
 * <p>Frames go through the kernel's queueing discipline, so that a rate set with tc holds. Needs CAP_NET_RAW; with
 * CAP_NET_ADMIN its buffers may be larger than net.core.rmem_max and wmem_max. Opened in the network namespace of the
 * calling thread, where it stays. Threads as for {@link FrameQueue}; {@link #await}, {@link #wake}, {@link #counter} and {@link #state} are
 * for any.
 */
public final class PacketSocketQueue implements FrameQueue, Awaitable {
    /** Not more than what devices let be cut by default (64 kB), with the Ethernet header: longer ones are cut in software. */
    private static final int MAX_FRAME_BYTES = 65_535;

    private final PacketSocket socket;
    private final FrameCapabilities capabilities;
    private final MemorySegment memory;
    private final TransmitRing transmit;
    private final ReceiveBurst receive;
    private final WakeUp wakeUp;
    private final Counters counters = new Counters();
    private final LinkWatch link;
    private final Owner owner;
    private final Overflow overflow;

    private PacketSocketQueue(
            PacketSocket socket, Arena arena, SystemCalls calls, int event, PacketSocketConfig config) {
        this.socket = socket;
        String name = config.interfaceName();
        capabilities = new FrameCapabilities(
                socket.mtu(),
                MAX_FRAME_BYTES,
                true,
                true,
                true,
                ChecksumSeed.PSEUDO_HEADER,
                ChecksumSeed.PSEUDO_HEADER,
                InterfaceFacts.linkMbps(name));
        memory = arena.allocate(2 * Messages.BYTES, 64);
        link = new LinkWatch(name, counters);
        owner = new Owner("the packet socket on " + name);
        int fd = socket.fd();
        Messages out = new Messages(memory, 0);
        Messages in = new Messages(memory, Messages.BYTES);
        transmit = new TransmitRing(fd, calls, memory, out, arena.allocate(JAVA_INT), MAX_FRAME_BYTES, counters, link);
        receive = new ReceiveBurst(fd, calls, memory, in, counters, link);
        wakeUp = new WakeUp(fd, event);
        overflow = new Overflow(fd);
    }

    /**
     * Opens the queues of an interface; if there are several, each frame arrives at one of them.
     *
     * @throws TransportException UNSUPPORTED, saying what is missing and how to mend it
     */
    public static List<PacketSocketQueue> open(PacketSocketConfig config) {
        List<PacketSocketQueue> queues = new ArrayList<>();
        try {
            int group = -1;
            for (int i = 0; i < config.queues(); i++) {
                PacketSocketQueue queue = openOne(config);
                queues.add(queue);
                if (config.queues() > 1) {
                    group = queue.join(group, config);
                }
            }
            queues.forEach(queue -> queue.letIn(config));
            return List.copyOf(queues);
        } catch (Throwable e) {
            queues.forEach(PacketSocketQueue::close);
            throw e;
        }
    }

    /** @see PacketSocket#join */
    int join(int group, PacketSocketConfig config) {
        return socket.join(group, config.spread());
    }

    /** @see PacketSocket#letIn */
    void letIn(PacketSocketConfig config) {
        socket.letIn(config);
    }

    /** One that is bound, and receives nothing yet. */
    static PacketSocketQueue openOne(PacketSocketConfig config) {
        // Lives as long as anything refers to it: a late reader of a frame reads old bytes and does not crash. The
        // calls'
        // own memory is of the same arena, so that it cannot go during a call that only has an address.
        Arena arena = Arena.ofAuto();
        SystemCalls calls = new SystemCalls(arena);
        PacketSocket socket = PacketSocket.open(calls, config);
        int event = -1;
        try {
            event = calls.eventfd(0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK);
            if (event < 0) {
                throw new TransportException(
                        TransportException.Reason.UNSUPPORTED,
                        "no eventfd: " + SystemCalls.text(event) + "; raise the limit of open files (ulimit -n)");
            }
            return new PacketSocketQueue(socket, arena, calls, event, config);
        } catch (Throwable e) {
            if (event >= 0) {
                calls.close(event);
            }
            socket.close();
            throw e;
        }
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long reserve(int bytes) {
        owner.check();
        return transmit.reserve(bytes);
    }

    @Override
    public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
        owner.check();
        transmit.commit(bytes, offload, l3Bytes, segmentBytes);
    }

    @Override
    public void flush() {
        owner.check();
        transmit.flush();
    }

    @Override
    public int pending() {
        owner.check();
        return transmit.pending();
    }

    @Override
    public int receive(FrameSink sink) {
        owner.check();
        return receive.receive(sink);
    }

    @Override
    public boolean await(boolean room, long timeoutNs) {
        return wakeUp.await(room ? Abi.POLLIN | Abi.POLLOUT : Abi.POLLIN, timeoutNs);
    }

    @Override
    public void wake() {
        wakeUp.wake();
    }

    /** What was counted since the opening; behind by what the owner is doing just now. */
    public long counter(PacketSocketCounter what) {
        return what == PacketSocketCounter.RECEIVE_OVERFLOW ? overflow.total() : counters.value(what);
    }

    @Override
    public long fullCount() {
        return counters.value(PacketSocketCounter.SEND_WAITS) + counters.value(PacketSocketCounter.SEND_DROPPED);
    }

    /** With the kernel's overhead per frame. */
    @Override
    public long backlogBytes() {
        owner.check();
        return transmit.backlogBytes();
    }

    @Override
    public List<TransportMetric> metrics(String prefix) {
        return Arrays.stream(PacketSocketCounter.values())
                .map(what -> what.metric(prefix, () -> counter(what)))
                .toList();
    }

    /** What the last frames showed about the interface. */
    public LinkState state() {
        return link.state();
    }

    @Override
    public void release() {
        owner.release();
    }

    @Override
    public void takeOver() {
        owner.takeOver();
    }

    /** Frames that are still pending are lost. A second call does nothing. */
    @Override
    public void close() {
        if (owner.isClosed()) {
            return;
        }
        owner.close();
        wakeUp.close();
        overflow.close();
        socket.close();
    }
}
