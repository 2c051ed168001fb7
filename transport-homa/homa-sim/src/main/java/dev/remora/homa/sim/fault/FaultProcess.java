package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.AddressState;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.Tunable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A process on a host: its endpoints, one for each queue of the host's network card, which brings all packets of a flow to the
 * same one.
 */
final class FaultProcess {
    private static final int SHORTEST_PACKET = 28;
    private static final int OWNERS = 256;
    /** Of so many RPCs one is sent by a shard to which its response does not come, as if the card's hash were not known. */
    private static final int ASTRAY_EVERY = 4;

    private final List<HomaEndpoint> shards = new ArrayList<>();
    private final List<CountingBuffers> buffers = new ArrayList<>();
    private final @Nullable AddressState address;
    private final int firstOwner;

    FaultProcess(HomaConfig config, int count, long seed, long bufferBytes, long startNs) {
        firstOwner = config.getInt(Tunable.OWNER);
        AddressState shared = count == 1 ? null : new AddressState(config.withSeed(seed), count, startNs);
        address = shared;
        for (int i = 0; i < count; i++) {
            CountingBuffers mine = new CountingBuffers(bufferBytes);
            buffers.add(mine);
            HomaConfig own =
                    config.with(Tunable.OWNER, (firstOwner + i) % OWNERS).withSeed(seed + i);
            shards.add(
                    shared == null
                            ? new HomaEndpoint(own, mine, startNs)
                            : new HomaEndpoint(own, shared, i, mine, startNs));
        }
    }

    int count() {
        return shards.size();
    }

    HomaEndpoint shard(int index) {
        return shards.get(index);
    }

    List<HomaEndpoint> shards() {
        return shards;
    }

    /** The one that a packet comes to. */
    int shardOf(WirePacket packet) {
        if (packet.length() < SHORTEST_PACKET) {
            return 0;
        }
        return shardOf(packet.from, packet.to, packet.u16(0), packet.u16(2));
    }

    /** As receive side scaling does: by addresses and ports. */
    private int shardOf(int from, int to, int sourcePort, int destinationPort) {
        long flow =
                ((long) from << 40 | (long) to << 32 | (long) sourcePort << 16 | destinationPort) * 0x9E3779B97F4A7C15L;
        return (int) ((flow >>> 32) * count() >>> 32);
    }

    /** The one that sends an RPC's request. */
    int shardFor(TestRpc rpc) {
        int home = shardOf(rpc.serverHost, rpc.clientHost, rpc.serverPort, rpc.clientPort);
        return rpc.index % ASTRAY_EVERY == ASTRAY_EVERY - 1 ? (home + 1) % count() : home;
    }

    /** The one that a packet of a client RPC is for, by its id; -1 if it is none of ours. */
    int ownerOf(WirePacket packet) {
        int owner = (int) (packet.senderId() >>> 48) & OWNERS - 1;
        int index = Math.floorMod(owner - firstOwner, OWNERS);
        return index < count() ? index : -1;
    }

    int buffersLent() {
        return buffers.stream().mapToInt(CountingBuffers::lentCount).sum();
    }

    long bufferRefusals() {
        return buffers.stream().mapToLong(CountingBuffers::refusalCount).sum();
    }

    long sum(ToLongFunction<HomaEndpoint> value) {
        return shards.stream().mapToLong(value).sum();
    }

    long nextDeadlineNs(long clockNs) {
        return shards.stream()
                .mapToLong(shard -> shard.nextDeadlineNs(clockNs))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Null when the state of all shards is sound and they agree, else what is wrong. */
    @Nullable
    String check() {
        for (HomaEndpoint shard : shards) {
            String broken = shard.checkInvariants();
            if (broken != null) {
                return broken;
            }
        }
        long incoming = sum(HomaEndpoint::totalIncoming);
        return address != null && address.totalIncoming() != incoming
                ? "F4: shards have " + incoming + " bytes incoming, and believe in " + address.totalIncoming()
                : null;
    }
}
