package dev.remora.homa.engine;

import dev.remora.homa.net.ClientPorts;
import dev.remora.homa.protocol.AddressState;
import dev.remora.homa.protocol.HomaConfig;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The engines of one transport, which are one address to their peers: what their endpoints share, and the way of packets that
 * came to the queue of another engine than the one whose RPC they are for. For all their threads.
 */
public final class EngineGroup {
    /** As owners in ids have eight bits. */
    private static final int OWNER_SHIFT = 48;

    private static final int OWNER_BITS = 0xff;

    private final AddressState address;
    private final AtomicReferenceArray<@Nullable Engine> engines;
    private final PacketRing[] rings;
    private final boolean steered;
    /** Homa ports that some engine has listened on, ever; written by engines, and never back to false. */
    private final boolean[] served = new boolean[65_536];

    /**
     * @param config of the protocol
     * @param size engines, at most 64
     * @param steered all packets of a flow come to the same queue; else the engine of a request follows from the client's port
     */
    public EngineGroup(HomaConfig config, int size, boolean steered) {
        if (size < 1 || size > Long.SIZE) {
            throw new IllegalArgumentException(size + " engines: must be 1 to " + Long.SIZE);
        }
        address = new AddressState(config, size, System.nanoTime());
        engines = new AtomicReferenceArray<>(size);
        this.steered = steered;
        rings = new PacketRing[size == 1 ? 0 : size];
        for (int i = 0; i < rings.length; i++) {
            rings[i] = new PacketRing();
        }
    }

    int size() {
        return engines.length();
    }

    AddressState address() {
        return address;
    }

    void join(int index, Engine engine) {
        if (!engines.compareAndSet(index, null, engine)) {
            throw new IllegalStateException("there is an engine " + index + " already");
        }
    }

    /**
     * The engine that a packet is for.
     *
     * @param index of the one that it came to
     * @param senderId as in the packet
     * @param clientPort of the packet
     */
    int engineOf(int index, long senderId, int clientPort) {
        int size = engines.length();
        if (size == 1) {
            return index;
        }
        if ((senderId & 1) == 0) {
            return steered ? index : ClientPorts.engineOf(clientPort, size);
        }
        int owner = (int) (senderId >>> OWNER_SHIFT) & OWNER_BITS;
        // The endpoint counts those that nobody owns.
        return owner < size ? owner : index;
    }

    void serve(int port) {
        served[port] = true;
    }

    /**
     * Whether requests to a port may have been taken, so that another engine may know the RPC of a packet. Only that one can say
     * so, and it cannot refuse what came to another queue.
     */
    boolean hasServed(int port) {
        return served[port];
    }

    /** Brings a packet to an engine, which is to be woken then; false if it is lost since too many wait there. */
    boolean passOn(int to, long sourceHigh, long sourceLow, MemorySegment packet, long offset, int length) {
        return rings[to].add(sourceHigh, sourceLow, packet, offset, length);
    }

    /** @param mask a bit for each engine */
    void wake(long mask) {
        // The packets are there before we look who sleeps; the sleeper says that it sleeps before it looks for packets.
        VarHandle.fullFence();
        for (long left = mask; left != 0; left &= left - 1) {
            Engine engine = engines.get(Long.numberOfTrailingZeros(left));
            if (engine != null) {
                engine.wake();
            }
        }
    }

    /** What the others bring to an engine; null if it is alone. */
    @Nullable
    PacketRing ring(int index) {
        return rings.length == 0 ? null : rings[index];
    }
}
