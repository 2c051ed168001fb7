package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * Two hosts whose endpoints are driven as engines drive theirs, in virtual time: in rounds, by threads that sleep without work and
 * get their CPU late, sometimes between the look at the clock and the look at the packets. Packets get lost, come twice or late,
 * and to the queue of any engine, which hands them to the right one. The second host serves.
 */
final class LateEngines {
    static final int SERVER_PORT = 4000;
    private static final long FIRST_ADDRESS = 0xffff_0a00_0001L;
    private static final int BURST = 32;
    private static final int HANDED_OVER = 64;
    private static final int EVENTS = 8;
    private static final int UNITS = 64;
    private static final long WIRE_NS = 3_000;
    private static final long PACKET_NS = 2_000;
    private static final long ROUND_NS = 500;
    private static final long WAKE_NS = 5_000;
    private static final long PARK_NS = 100_000;
    private static final long LATEST_NS = 2_000_000;

    /**
     * What goes wrong.
     *
     * @param loss share of packets lost
     * @param others share of those that come twice, and of those that come late
     * @param pauses share of wake-ups after which the thread has to wait for its CPU
     * @param pauseNs for so long, in the mean
     */
    record Troubles(double loss, double others, double pauses, long pauseNs) {}

    /** What the engines' events are for. */
    interface Application {
        void onEvent(Engine engine, HomaEvent event);
    }

    private record Packet(int to, byte[] bytes, long arrivesNs, long number) {
        MemorySegment memory() {
            return MemorySegment.ofArray(bytes);
        }

        boolean toServer() {
            return (HomaHeader.senderId(memory(), 0) & 1) == 0;
        }

        int clientPort() {
            return toServer() ? HomaHeader.sourcePort(memory(), 0) : HomaHeader.destinationPort(memory(), 0);
        }
    }

    /** One of the engines of a host. */
    final class Engine {
        final int host;
        final int index;
        final HomaEndpoint endpoint;
        private final Queue<Packet> arrived = new ArrayDeque<>();
        private final Queue<Packet> handedOver = new ArrayDeque<>();
        private long wakesNs;
        private long deadlineNs;
        private boolean asleep = true;
        /** When it looked at the clock before it lost its CPU; 0 if it did not. */
        private long lookedNs;

        private Engine(int host, int index, HomaEndpoint endpoint) {
            this.host = host;
            this.index = index;
            this.endpoint = endpoint;
            wakesNs = nowNs;
            deadlineNs = nowNs;
        }

        /** There is something to do. */
        void wake() {
            deadlineNs = Math.min(deadlineNs, nowNs);
            if (asleep) {
                wakesNs = Math.min(wakesNs, nowNs + WAKE_NS);
            }
        }

        private void turn() {
            boolean slept = asleep;
            asleep = false;
            if (lookedNs == 0 && slept && random.nextDouble() < troubles.pauses) {
                // Before or after it looks at the clock.
                lookedNs = random.nextBoolean() ? nowNs : 0;
                wakesNs = nowNs + exponential(troubles.pauseNs);
                return;
            }
            long clockNs = lookedNs == 0 ? nowNs : lookedNs;
            lookedNs = 0;
            int packets = receive(clockNs);
            if (packets > 0) {
                endpoint.onBurstEnd(clockNs);
            }
            if (clockNs - deadlineNs >= 0) {
                endpoint.onTick(clockNs);
            }
            int events = events();
            int units = transmit(clockNs, packets);
            boolean worked = packets + events + units > 0;
            if (worked || clockNs - deadlineNs >= 0) {
                deadlineNs = endpoint.nextDeadlineNs(clockNs);
            }
            wakesNs = nowNs + ROUND_NS + (packets + units) * PACKET_NS;
            if (!worked) {
                asleep = true;
                wakesNs += Math.clamp(deadlineNs - clockNs, 1, PARK_NS) + exponential(WAKE_NS);
            }
        }

        private int receive(long clockNs) {
            int count = 0;
            while (count < BURST && !arrived.isEmpty()) {
                Packet packet = arrived.remove();
                count++;
                Engine owner = owner(packet);
                if (owner == this) {
                    take(packet, clockNs);
                } else {
                    owner.handedOver.add(packet);
                    owner.wake();
                }
            }
            for (int i = 0; i < HANDED_OVER && !handedOver.isEmpty(); i++) {
                take(handedOver.remove(), clockNs);
                count++;
            }
            return count;
        }

        private void take(Packet packet, long clockNs) {
            endpoint.onPacket(0, address(1 - host), packet.memory(), 0, packet.bytes.length, clockNs);
        }

        private int events() {
            int count = 0;
            while (count < EVENTS && endpoint.pollEvent(event)) {
                count++;
                MessageBuffer message = event.message;
                if (message != null) {
                    endpoint.release(message);
                }
                application.onEvent(this, event);
            }
            return count;
        }

        private int transmit(long clockNs, int packets) {
            int units = 0;
            while (units < UNITS && endpoint.pollTransmit(unit, clockNs)) {
                units++;
                byte[] bytes = new byte[unit.headerLength + unit.payloadLength];
                MemorySegment.copy(unit.header, ValueLayout.JAVA_BYTE, 0, bytes, 0, unit.headerLength);
                unit.copyPayload(0, unit.payloadLength, MemorySegment.ofArray(bytes), unit.headerLength);
                send(1 - host, bytes, nowNs + (packets + units) * PACKET_NS + WIRE_NS);
            }
            return units;
        }
    }

    final List<Engine> engines = new ArrayList<>();
    final SplittableRandom random;
    long nowNs = 1_000_000_000;

    private final int shards;
    private final Troubles troubles;
    private final Application application;
    private final int firstClientPort;
    private final int spread;
    private final PriorityQueue<Packet> wire =
            new PriorityQueue<>(Comparator.comparingLong(Packet::arrivesNs).thenComparingLong(Packet::number));
    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private long packets;

    LateEngines(HomaConfig config, int shards, Troubles troubles, long seed, Application application) {
        this.shards = shards;
        this.troubles = troubles;
        this.application = application;
        random = new SplittableRandom(seed);
        firstClientPort = 33_000 - 33_000 % shards;
        spread = random.nextInt() | 1;
        for (int host = 0; host < 2; host++) {
            AddressState address = new AddressState(config.withSeed(random.nextLong()), shards, nowNs);
            for (int i = 0; i < shards; i++) {
                HomaConfig own = config.withSeed(random.nextLong()).with(Tunable.OWNER, i);
                HomaEndpoint endpoint = new HomaEndpoint(own, address, i, SlabMessageBuffers.heap(64 << 20), nowNs);
                if (host == 1) {
                    endpoint.listen(SERVER_PORT);
                }
                engines.add(new Engine(host, i, endpoint));
            }
        }
    }

    static long address(int host) {
        return FIRST_ADDRESS + host;
    }

    /** One of four ports of a client's engine. */
    int clientPort(int engine, int which) {
        return firstClientPort + engine + shards * (which & 3);
    }

    private Engine owner(Packet packet) {
        int index = packet.toServer()
                ? packet.clientPort() % shards
                : (int) (HomaHeader.senderId(packet.memory(), 0) >>> 48 & 0xff);
        return engines.get(packet.to * shards + index);
    }

    private Engine queue(Packet packet) {
        return engines.get(packet.to * shards + (packet.clientPort() * spread >>> 16) % shards);
    }

    private long exponential(long meanNs) {
        return (long) (-Math.log(1 - random.nextDouble()) * meanNs);
    }

    private void send(int to, byte[] bytes, long arrivesNs) {
        double fate = random.nextDouble();
        if (fate < troubles.loss) {
            return;
        }
        boolean late = fate < troubles.loss + troubles.others;
        wire.add(new Packet(to, bytes, late ? arrivesNs + random.nextLong(LATEST_NS) : arrivesNs, packets++));
        if (!late && fate < troubles.loss + 2 * troubles.others) {
            wire.add(new Packet(to, bytes, arrivesNs, packets++));
        }
    }

    /** Lets the engine whose turn it is do a round. */
    void step() {
        Engine next = engines.getFirst();
        for (Engine engine : engines) {
            if (engine.wakesNs < next.wakesNs) {
                next = engine;
            }
        }
        nowNs = Math.max(nowNs, next.wakesNs);
        while (!wire.isEmpty() && wire.peek().arrivesNs <= nowNs) {
            Packet packet = wire.remove();
            queue(packet).arrived.add(packet);
        }
        next.turn();
    }

    /** What all engines have under way. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (Engine engine : engines) {
            text.append("host ").append(engine.host).append(", engine ").append(engine.index);
            text.append('\n').append(engine.endpoint.describe());
            String wrong = engine.endpoint.checkInvariants();
            text.append(wrong == null ? "" : wrong + "\n");
        }
        return text.toString();
    }
}
