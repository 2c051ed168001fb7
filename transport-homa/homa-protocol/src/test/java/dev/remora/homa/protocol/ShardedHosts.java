package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Hosts with several endpoints each, on a wire with a fixed delay and a virtual clock. A packet comes to the shard whose number
 * is the remainder of the client's port; the first host serves.
 */
final class ShardedHosts {
    static final int SERVER_PORT = 4000;
    private static final int FIRST_CLIENT_PORT = 33_000;
    private static final long FIRST_ADDRESS = 0xffff_0a00_0001L;

    /** A packet on its way. */
    record Packet(int from, int to, byte[] bytes, int level, long arrivesNs, long number) {
        MemorySegment memory() {
            return MemorySegment.ofArray(bytes);
        }

        int type() {
            return HomaHeader.type(memory(), 0);
        }

        int clientPort() {
            boolean toServer = (HomaHeader.senderId(memory(), 0) & 1) == 0;
            return toServer ? HomaHeader.sourcePort(memory(), 0) : HomaHeader.destinationPort(memory(), 0);
        }
    }

    /** A host: its shards and what they share. */
    static final class Host {
        final AddressState address;
        final List<HomaEndpoint> shards = new ArrayList<>();

        Host(HomaConfig config, int count, long seed, long startNs) {
            address = new AddressState(config.withSeed(seed), count, startNs);
            for (int i = 0; i < count; i++) {
                HomaConfig own = config.withSeed(seed + i).with(Tunable.OWNER, i);
                HomaEndpoint shard = new HomaEndpoint(own, address, i, SlabMessageBuffers.heap(256 << 20), startNs);
                shard.listen(SERVER_PORT);
                shards.add(shard);
            }
        }

        long sumOfIncoming() {
            return shards.stream().mapToLong(HomaEndpoint::totalIncoming).sum();
        }

        long count(Counter counter) {
            return shards.stream()
                    .mapToLong(shard -> shard.metrics().get(counter))
                    .sum();
        }
    }

    final List<Host> hosts = new ArrayList<>();
    final List<Packet> sent = new ArrayList<>();
    final int shards;
    /** Called when all shards have done what there was to do. */
    Runnable between = () -> {};

    long nowNs = 1_000_000_000;
    long delayNs = 2_000;
    int responses;
    /** Of these by client. */
    final int[] responsesTo;

    int failures;
    int responseBytes = 1;
    boolean keepSent = true;

    private final PriorityQueue<Packet> wire =
            new PriorityQueue<>(Comparator.comparingLong(Packet::arrivesNs).thenComparingLong(Packet::number));
    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private long packets;

    ShardedHosts(HomaConfig config, int count, int shards, long seed) {
        this.shards = shards;
        responsesTo = new int[count];
        HomaConfig young = config.with(Tunable.QUARANTINE_NS, 0);
        for (int i = 0; i < count; i++) {
            hosts.add(new Host(young, shards, seed + 1000L * i, nowNs));
        }
    }

    Host server() {
        return hosts.get(0);
    }

    static long address(int host) {
        return FIRST_ADDRESS + host;
    }

    int clientPort(int shard) {
        int first = FIRST_CLIENT_PORT - FIRST_CLIENT_PORT % shards;
        return first + shard;
    }

    /** A request to the server, which comes to its shard of the same number. */
    long request(int host, int shard, int length) {
        return hosts.get(host)
                .shards
                .get(shard)
                .sendRequest(
                        0,
                        address(0),
                        SERVER_PORT,
                        clientPort(shard),
                        MemorySegment.ofArray(new byte[length]),
                        0,
                        length,
                        1,
                        nowNs);
    }

    List<Packet> sentOf(int type) {
        return sent.stream().filter(packet -> packet.type() == type).toList();
    }

    /** Gives a packet of one host to a shard of the server, whatever its ports. */
    Verdict inject(int from, int shard, MemorySegment packet, int length) {
        return server().shards.get(shard).onPacket(0, address(from), packet, 0, length, nowNs);
    }

    void burstEnd() {
        hosts.forEach(host -> host.shards.forEach(shard -> shard.onBurstEnd(nowNs)));
    }

    void tick() {
        hosts.forEach(host -> host.shards.forEach(shard -> shard.onTick(nowNs)));
    }

    /** Lets things happen for a time. */
    void run(long ns) {
        long end = nowNs + ns;
        drain();
        while (true) {
            long next = wire.isEmpty() ? Long.MAX_VALUE : wire.peek().arrivesNs();
            for (Host host : hosts) {
                for (HomaEndpoint shard : host.shards) {
                    next = Math.min(next, shard.nextDeadlineNs(nowNs));
                }
            }
            if (next > end) {
                break;
            }
            nowNs = Math.max(nowNs + 1, next);
            deliver();
            burstEnd();
            tick();
            drain();
            between.run();
        }
        nowNs = end;
    }

    private void deliver() {
        while (!wire.isEmpty() && wire.peek().arrivesNs() <= nowNs) {
            Packet packet = wire.remove();
            hosts.get(packet.to())
                    .shards
                    .get(packet.clientPort() % shards)
                    .onPacket(0, address(packet.from()), packet.memory(), 0, packet.bytes().length, nowNs);
        }
    }

    void drain() {
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < hosts.size(); i++) {
                for (HomaEndpoint shard : hosts.get(i).shards) {
                    more |= events(shard, i) | transmit(shard, i);
                    String wrong = shard.checkInvariants();
                    if (wrong != null) {
                        throw new AssertionError(wrong);
                    }
                }
            }
        }
    }

    private boolean events(HomaEndpoint shard, int host) {
        boolean any = false;
        while (shard.pollEvent(event)) {
            any = true;
            MessageBuffer message = event.message;
            if (message != null) {
                shard.release(message);
            }
            switch (event.kind) {
                case REQUEST ->
                    shard.sendResponse(
                            event.handle, MemorySegment.ofArray(new byte[responseBytes]), 0, responseBytes, 2, nowNs);
                case RESPONSE -> {
                    responses++;
                    responsesTo[host]++;
                }
                case FAILED -> failures++;
                case RESPONSE_DONE, NONE -> {
                    // the memory is nobody's
                }
            }
        }
        return any;
    }

    private boolean transmit(HomaEndpoint shard, int from) {
        boolean any = false;
        while (shard.pollTransmit(unit, nowNs)) {
            any = true;
            for (int i = 0; i < unit.segments(); i++) {
                int at = i * unit.segmentBytes;
                int length = Math.min(unit.segmentBytes, unit.payloadLength - at);
                byte[] bytes = new byte[unit.headerLength + length];
                MemorySegment target = MemorySegment.ofArray(bytes);
                MemorySegment.copy(unit.header, ValueLayout.JAVA_BYTE, 0, bytes, 0, unit.headerLength);
                MemorySegment.copy(unit.payload, unit.payloadOffset + at, target, unit.headerLength, length);
                if (i > 0) {
                    HomaHeader.setSequence(target, 0, unit.messageOffset + at);
                }
                int to = (int) (unit.peerLow - FIRST_ADDRESS);
                Packet packet = new Packet(from, to, bytes, unit.level, nowNs + delayNs, packets++);
                if (keepSent) {
                    sent.add(packet);
                }
                wire.add(packet);
            }
        }
        return any;
    }
}
