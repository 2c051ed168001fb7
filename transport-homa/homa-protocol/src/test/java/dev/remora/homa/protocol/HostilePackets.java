package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One endpoint with live RPCs in both roles, and a stream of bytes that says which packets it gets and when. The stream is
 * a sequence of steps of five bytes and a packet:
 *
 * <ol>
 *   <li>time: moves on by 2^(byte % 31) ns, by nothing when the byte is 0;
 *   <li>source: one of four addresses by the two low bits (the server we call, the client that calls us, two strangers);
 *       bit 2 ends the burst, bit 3 ticks;
 *   <li>aim: 0 leaves the packet as it is; n writes id, ports and source of the n-th RPC known here into it, which no
 *       search by coverage would guess;
 *   <li>length of the packet, two bytes, most significant first; the packet is cut at the end of the stream.
 * </ol>
 *
 * <p>After each step everything is polled and the state checked. At the end time runs on in silence: whatever the packets
 * were, every RPC must end and every buffer must come back.
 */
final class HostilePackets {
    static final int STEP_BYTES = 5;
    static final int MAX_STEPS = 64;
    /** Most control packets that one packet may cause: a grant for each active message, and answers. */
    private static final int MAX_ANSWERS = 16;

    private static final int MAX_UNITS = 20_000;
    private static final int MAX_SILENT_ROUNDS = 20_000;
    private static final int MAX_PACKET = 2_048;
    /** Two messages of the greatest length, so that buffers run out too. */
    private static final int BUFFER_BYTES = 2 << 20;

    private static final long HIGH = 0;
    private static final long[] SOURCES = {0xffff_0a00_0002L, 0xffff_0a00_0003L, 0xffff_0a00_0004L, 0};
    private static final int OUR_SERVER = 0;
    private static final int OUR_CLIENT = 1;
    private static final int PORT = 4_000;
    private static final int CLIENT_PORT = 32_768;
    private static final int LONG_MESSAGE = 60_000;
    private static final MemorySegment MESSAGE = MemorySegment.ofArray(new byte[LONG_MESSAGE]);

    private record Target(long senderId, int source, int sourcePort, int destinationPort) {}

    private final SlabMessageBuffers buffers = SlabMessageBuffers.heap(BUFFER_BYTES);
    private final HomaEndpoint endpoint;
    private final List<Target> targets = new ArrayList<>();
    private final List<Long> unanswered = new ArrayList<>();
    private final HomaEvent event = new HomaEvent();
    private final TransmitUnit unit = new TransmitUnit();
    private final MemorySegment packet = MemorySegment.ofArray(new byte[MAX_PACKET]);
    private long nowNs = 1_000_000_000;
    private boolean answering = true;
    private int controlOut;

    private HostilePackets() {
        HomaConfig config = HomaConfig.standard()
                .withSeed(7)
                .with(Tunable.QUARANTINE_NS, 0)
                .with(Tunable.MAX_CLIENT_RPCS, 8)
                .with(Tunable.MAX_SERVER_RPCS, 16)
                .with(Tunable.MAX_PEERS, 3)
                .with(Tunable.MAX_TOMBSTONES, 16)
                .with(Tunable.GAP_RESEND_RTTS, 2)
                .with(Tunable.CUTOFF_INTERVAL_NS, 1_000_000)
                .with(Tunable.CUTOFF_MIN_MESSAGES, 4);
        endpoint = new HomaEndpoint(config, buffers, nowNs);
        endpoint.listen(PORT);
        call(100);
        call(LONG_MESSAGE);
        call(1);
        // A response of which the first packet is here.
        receive(data(targets.get(2), LONG_MESSAGE, 1_000), OUR_SERVER);
        // A request in service, one that is arriving, and one being answered at length.
        answering = false;
        request(0x1000, 100, 100);
        request(0x1002, LONG_MESSAGE, 1_000);
        settle();
        answering = true;
        request(0x1004, 3_000, 1_000);
        receive(data(targets.getLast(), 3_000, 1_000, 1_000), OUR_CLIENT);
        receive(data(targets.getLast(), 3_000, 2_000, 1_000), OUR_CLIENT);
        settle();
    }

    static void run(byte[] input) {
        HostilePackets run = new HostilePackets();
        int at = 0;
        for (int step = 0; step < MAX_STEPS && at + STEP_BYTES <= input.length; step++) {
            at = run.step(input, at);
        }
        run.silence();
    }

    private int step(byte[] input, int at) {
        int time = input[at] & 0xFF;
        int how = input[at + 1] & 0xFF;
        int aim = input[at + 2] & 0xFF;
        int said = (input[at + 3] & 0xFF) << 8 | input[at + 4] & 0xFF;
        int from = at + STEP_BYTES;
        int length = Math.min(Math.min(said, MAX_PACKET), input.length - from);
        nowNs += time == 0 ? 0 : 1L << time % 31;
        packet.fill((byte) 0);
        MemorySegment.copy(MemorySegment.ofArray(input), from, packet, 0, length);
        int source = how & 3;
        if (aim != 0 && length >= HomaHeader.COMMON_BYTES) {
            Target target = targets.get((aim - 1) % targets.size());
            source = target.source();
            int type = HomaHeader.type(packet, 0);
            int sequence = HomaHeader.sequence(packet, 0);
            HomaHeader.writeCommon(
                    packet,
                    0,
                    target.sourcePort(),
                    target.destinationPort(),
                    sequence,
                    type,
                    HomaHeader.CONTROL_WORDS,
                    target.senderId());
        }
        controlOut = 0;
        endpoint.onPacket(HIGH, SOURCES[source], packet.asSlice(0, length), 0, length, nowNs);
        check();
        if ((how & 4) != 0) {
            endpoint.onBurstEnd(nowNs);
        }
        poll();
        if (controlOut > MAX_ANSWERS) {
            throw new AssertionError("one packet was answered by " + controlOut);
        }
        if ((how & 8) != 0) {
            endpoint.onTick(nowNs);
            poll();
        }
        return from + length;
    }

    private void silence() {
        endpoint.onBurstEnd(nowNs);
        for (long handle : unanswered) {
            endpoint.sendResponse(handle, MESSAGE, 0, 10, 0, nowNs);
        }
        int rounds = 0;
        poll();
        while (endpoint.clientRpcs() + endpoint.serverRpcs() > 0) {
            if (++rounds > MAX_SILENT_ROUNDS) {
                throw new AssertionError(endpoint.clientRpcs() + " client and " + endpoint.serverRpcs()
                        + " server RPCs have not ended in silence at " + nowNs);
            }
            nowNs = Math.max(nowNs + 1, endpoint.nextDeadlineNs(nowNs));
            endpoint.onTick(nowNs);
            poll();
        }
        if (buffers.inUse() != 0 || endpoint.totalIncoming() != 0) {
            throw new AssertionError(buffers.inUse() + " buffers and " + endpoint.totalIncoming()
                    + " granted bytes are left without any RPC");
        }
    }

    private void call(int length) {
        long handle =
                endpoint.sendRequest(HIGH, SOURCES[OUR_SERVER], PORT, CLIENT_PORT, MESSAGE, 0, length, length, nowNs);
        targets.add(new Target(endpoint.rpcId(handle) ^ 1, OUR_SERVER, PORT, CLIENT_PORT));
        settle();
    }

    private void request(long id, int messageLength, int bytes) {
        Target target = new Target(id, OUR_CLIENT, CLIENT_PORT, PORT);
        targets.add(target);
        receive(data(target, messageLength, bytes), OUR_CLIENT);
    }

    private static MemorySegment data(Target target, int messageLength, int bytes) {
        return data(target, messageLength, 0, bytes);
    }

    private static MemorySegment data(Target target, int messageLength, int offset, int bytes) {
        MemorySegment m = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES + bytes]);
        HomaHeader.writeCommon(
                m,
                0,
                target.sourcePort(),
                target.destinationPort(),
                offset,
                HomaHeader.DATA,
                HomaHeader.DATA_WORDS,
                target.senderId());
        HomaHeader.writeData(
                m, 0, messageLength, Math.min(messageLength, 10_000), 0, 0, 0, false, 0, HomaHeader.NO_OFFSET);
        return m;
    }

    private void receive(MemorySegment m, int source) {
        Verdict verdict = endpoint.onPacket(HIGH, SOURCES[source], m, 0, (int) m.byteSize(), nowNs);
        if (verdict != Verdict.ACCEPTED) {
            throw new AssertionError("the scene is not set: " + verdict);
        }
    }

    private void settle() {
        endpoint.onBurstEnd(nowNs);
        for (int i = 0; i < 20; i++) {
            poll();
            nowNs += 5_000;
        }
    }

    private void poll() {
        check();
        int units = 0;
        boolean more = true;
        while (more) {
            more = false;
            while (endpoint.pollEvent(event)) {
                more = true;
                onEvent();
            }
            while (endpoint.pollTransmit(unit, nowNs)) {
                more = true;
                if (++units > MAX_UNITS) {
                    throw new AssertionError("no end of packets to send");
                }
                onUnit();
            }
            check();
        }
    }

    private void onEvent() {
        if (event.message != null) {
            endpoint.release(event.message);
        }
        if (event.kind == HomaEvent.Kind.REQUEST) {
            if (!answering) {
                unanswered.add(event.handle);
                return;
            }
            int length = event.length < 3_000 ? event.length : LONG_MESSAGE;
            endpoint.sendResponse(event.handle, MESSAGE, 0, length, 0, nowNs);
        }
    }

    private void onUnit() {
        if (unit.type != HomaHeader.DATA) {
            controlOut++;
        } else if (unit.payloadLength < 1
                || unit.payloadOffset < 0
                || unit.payloadOffset + unit.payloadLength > MESSAGE.byteSize()) {
            throw new AssertionError("sends " + unit.payloadLength + " bytes at " + unit.payloadOffset);
        }
        if (unit.level < 0 || unit.level > 7) {
            throw new AssertionError("level " + unit.level);
        }
    }

    private void check() {
        String wrong = endpoint.checkInvariants();
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
    }
}
