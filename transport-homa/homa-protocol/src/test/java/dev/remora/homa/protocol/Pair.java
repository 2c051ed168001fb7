package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A client and a server on a wire with a fixed delay and a virtual clock; every test moves time by hand. */
final class Pair {
    static final long CLIENT = 0xffff_0a00_0001L;
    static final long SERVER = 0xffff_0a00_0002L;
    static final int SERVER_PORT = 4000;
    static final int CLIENT_PORT = 32_768;
    static final long TICK_NS = 1_000_000;

    /** A packet on its way. */
    record Packet(boolean toServer, byte[] bytes, int level, long arrivesNs) {
        int type() {
            return HomaHeader.type(memory(), 0);
        }

        MemorySegment memory() {
            return MemorySegment.ofArray(bytes);
        }

        int offset() {
            return HomaHeader.dataOffset(memory(), 0);
        }
    }

    final SlabMessageBuffers clientBuffers = SlabMessageBuffers.heap(64 << 20);
    final SlabMessageBuffers serverBuffers = SlabMessageBuffers.heap(64 << 20);
    final HomaConfig config;
    HomaEndpoint client;
    HomaEndpoint server;
    long nowNs = 1_000_000_000;
    long delayNs = 2_000;
    /** Packets for which this is true vanish. */
    Predicate<Packet> lost = packet -> false;

    final ArrayDeque<Packet> wire = new ArrayDeque<>();
    /** Everything that was sent, lost packets included. */
    final List<Packet> sent = new ArrayList<>();

    /** Outcomes in order, as text. */
    final List<String> outcomes = new ArrayList<>();

    final List<RpcTimes> times = new ArrayList<>();

    int executions;
    boolean answer = true;
    final List<Long> unanswered = new ArrayList<>();
    int responseBytes = -1;

    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();

    Pair() {
        this(HomaConfig.standard().with(Tunable.QUARANTINE_NS, 0));
    }

    Pair(HomaConfig config) {
        this.config = config;
        client = new HomaEndpoint(config.withSeed(1), clientBuffers, nowNs);
        server = new HomaEndpoint(config.withSeed(2), serverBuffers, nowNs);
        server.listen(SERVER_PORT);
    }

    static byte[] content(int length, long salt) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + salt + (i >> 8));
        }
        return bytes;
    }

    long request(int length, long cookie) {
        return request(CLIENT_PORT, SERVER_PORT, length, cookie);
    }

    long request(int clientPort, int serverPort, int length, long cookie) {
        MemorySegment memory = MemorySegment.ofArray(content(length, cookie));
        return client.sendRequest(0, SERVER, serverPort, clientPort, memory, 0, length, cookie, nowNs);
    }

    /** Lets things happen for a time. */
    void run(long ns) {
        long end = nowNs + ns;
        drain();
        while (true) {
            long next = Math.min(client.nextDeadlineNs(nowNs), server.nextDeadlineNs(nowNs));
            for (Packet packet : wire) {
                next = Math.min(next, packet.arrivesNs());
            }
            if (next > end) {
                break;
            }
            nowNs = Math.max(nowNs + 1, next);
            deliver();
            client.onTick(nowNs);
            server.onTick(nowNs);
            drain();
        }
        nowNs = end;
    }

    void runMs(long ms) {
        run(ms * 1_000_000);
    }

    /** Gives a packet to one side as if it came from the other. */
    Verdict inject(boolean toServer, MemorySegment packet, int length) {
        Verdict verdict = toServer
                ? server.onPacket(0, CLIENT, packet, 0, length, nowNs)
                : client.onPacket(0, SERVER, packet, 0, length, nowNs);
        server.onBurstEnd(nowNs);
        client.onBurstEnd(nowNs);
        return verdict;
    }

    List<Packet> sentOf(int type, boolean toServer) {
        return sent.stream()
                .filter(packet -> packet.toServer() == toServer && packet.type() == type)
                .toList();
    }

    void respond(long handle, int length) {
        MemorySegment memory = MemorySegment.ofArray(content(length, 77));
        server.sendResponse(handle, memory, 0, length, 5, nowNs);
    }

    private void deliver() {
        while (true) {
            Packet due = null;
            for (Packet packet : wire) {
                if (packet.arrivesNs() <= nowNs) {
                    due = packet;
                    break;
                }
            }
            if (due == null) {
                break;
            }
            wire.remove(due);
            if (due.toServer()) {
                server.onPacket(0, CLIENT, due.memory(), 0, due.bytes().length, nowNs);
            } else {
                client.onPacket(0, SERVER, due.memory(), 0, due.bytes().length, nowNs);
            }
        }
        client.onBurstEnd(nowNs);
        server.onBurstEnd(nowNs);
    }

    void drain() {
        boolean more = true;
        while (more) {
            more = events(client) | events(server);
            more |= transmit(client, true) | transmit(server, false);
            check(client);
            check(server);
        }
    }

    private static void check(HomaEndpoint endpoint) {
        String wrong = endpoint.checkInvariants();
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
    }

    private boolean events(HomaEndpoint endpoint) {
        boolean any = false;
        while (endpoint.pollEvent(event)) {
            any = true;
            MessageBuffer message = event.message;
            byte[] bytes = message == null ? new byte[0] : bytes(message, event.length);
            if (message != null) {
                endpoint.release(message);
            }
            switch (event.kind) {
                case REQUEST -> {
                    executions++;
                    if (answer) {
                        respond(event.handle, responseBytes < 0 ? bytes.length : responseBytes);
                    } else {
                        unanswered.add(event.handle);
                    }
                }
                case RESPONSE -> {
                    outcomes.add("response " + event.cookie + " " + bytes.length);
                    RpcTimes copy = new RpcTimes();
                    copy.copyFrom(event.times);
                    times.add(copy);
                }
                case FAILED -> outcomes.add("failed " + event.cookie + " " + event.error);
                case RESPONSE_DONE -> outcomes.add("done " + event.error);
                case NONE -> throw new AssertionError("no event");
            }
        }
        return any;
    }

    private static byte[] bytes(MessageBuffer message, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(message.memory(), ValueLayout.JAVA_BYTE, message.offset(), bytes, 0, length);
        return bytes;
    }

    private boolean transmit(HomaEndpoint endpoint, boolean toServer) {
        boolean any = false;
        while (endpoint.pollTransmit(unit, nowNs)) {
            any = true;
            for (int i = 0; i < unit.segments(); i++) {
                int from = i * unit.segmentBytes;
                int length = Math.min(unit.segmentBytes, unit.payloadLength - from);
                byte[] bytes = new byte[unit.headerLength + length];
                MemorySegment target = MemorySegment.ofArray(bytes);
                MemorySegment.copy(unit.header, 0, target, 0, unit.headerLength);
                unit.copyPayload(from, length, target, unit.headerLength);
                if (i > 0) {
                    // As a NIC does: only the sequence field advances.
                    target.set(
                            ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN),
                            4,
                            unit.messageOffset + from);
                }
                Packet packet = new Packet(toServer, bytes, unit.level, nowNs + delayNs);
                sent.add(packet);
                if (!lost.test(packet)) {
                    wire.add(packet);
                }
            }
        }
        return any;
    }
}
