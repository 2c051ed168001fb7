package dev.remora.homa.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kernel modules said to each other: every packet is understood to the last byte and can be written again. */
class CaptureTest {
    private static final String CAPTURES = """
            # capture,                  Homa packets, hijacked, messages, bytes each
            t1_native_100B,             14,           false,    2,        100
            t2_short100_hijack0,        29,           false,    28,       100
            t2_short100_hijack1,        29,           true,     28,       100
            t3_1MB_hijack1_gso0,        1486,         true,     2,        1000000
            t4_loss3pct_200KB_hijack1,  473,          true,     2,        200000
            """;

    /** The one capture taken before the NIC filled in checksums: they hold the sum of the pseudo header. */
    private static final String PARTIAL_CHECKSUMS = "t1_native_100B";

    private final ParsedPacket packet = new ParsedPacket();

    private static final class Message {
        final byte[] bytes;
        final BitSet present = new BitSet();

        Message(int length) {
            bytes = new byte[length];
        }
    }

    private static IpParser parser(String capture) {
        return new IpParser(true, !capture.equals(PARTIAL_CHECKSUMS), IpHeader.defaultPriorityMap());
    }

    @ParameterizedTest
    @CsvSource(textBlock = CAPTURES)
    void everyHomaPacketIsUnderstoodWithoutRemainder(String capture, int count, boolean hijacked) {
        Map<Verdict, Integer> verdicts = new HashMap<>();
        for (byte[] bytes : PcapFile.packets(capture)) {
            MemorySegment m = MemorySegment.ofArray(bytes);
            Verdict verdict = parser(capture).parse(m, 0, bytes.length, packet);
            verdicts.merge(verdict, 1, Integer::sum);
            if (verdict == Verdict.HOMA) {
                assertThat(packet.hijacked()).isEqualTo(hijacked);
                assertThat(packet.homaOffset() + packet.homaLength()).isEqualTo(bytes.length);
                int type = HomaHeader.type(m, packet.homaOffset());
                if (type != HomaHeader.DATA) {
                    assertThat(packet.homaLength()).isEqualTo(HomaHeader.minimumBytes(type));
                }
            }
        }
        assertThat(verdicts.remove(Verdict.HOMA)).isEqualTo(count);
        // Neighbour discovery and multicast listeners; port unreachable at the end of the last one.
        verdicts.keySet().removeAll(List.of(Verdict.ICMP, Verdict.OPTIONS));
        assertThat(verdicts).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = CAPTURES)
    void everyHomaPacketIsWrittenAgainFromItsFields(String capture, int count) {
        int written = 0;
        for (byte[] bytes : PcapFile.packets(capture)) {
            MemorySegment m = MemorySegment.ofArray(bytes);
            if (parser(capture).parse(m, 0, bytes.length, packet) == Verdict.HOMA) {
                assertThat(rewritten(m, capture.equals(PARTIAL_CHECKSUMS))).isEqualTo(bytes);
                written++;
            }
        }
        assertThat(written).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource(textBlock = CAPTURES)
    void dataMakesWholeMessages(String capture, int count, boolean hijacked, int messageCount, int messageBytes) {
        Map<Long, Message> messages = new TreeMap<>();
        for (byte[] bytes : PcapFile.packets(capture)) {
            MemorySegment m = MemorySegment.ofArray(bytes);
            long at = 20;
            if (parser(capture).parse(m, 0, bytes.length, packet) != Verdict.HOMA
                    || HomaHeader.type(m, at) != HomaHeader.DATA) {
                continue;
            }
            assertThat(HomaHeader.messageLength(m, at)).isEqualTo(messageBytes);
            Message message = messages.computeIfAbsent(HomaHeader.senderId(m, at), id -> new Message(messageBytes));
            add(message, HomaHeader.dataOffset(m, at), Arrays.copyOfRange(bytes, 76, bytes.length));
        }
        assertThat(messages).hasSize(messageCount);
        messages.forEach((id, message) -> assertThat(message.present.nextClearBit(0))
                .as("first byte missing of message %d", id)
                .isEqualTo(messageBytes));
    }

    /** A byte that comes twice has to be the same: a wrong offset would show here. */
    private static void add(Message message, int offset, byte[] data) {
        for (int i = 0; i < data.length; i++) {
            if (message.present.get(offset + i)) {
                assertThat(data[i]).isEqualTo(message.bytes[offset + i]);
            }
            message.bytes[offset + i] = data[i];
        }
        message.present.set(offset, offset + data.length);
    }

    @Test
    void portUnreachableOfTheKernelIsUnderstood() {
        UnreachablePacket unreachable = new UnreachablePacket();
        int understood = 0;
        for (byte[] bytes : PcapFile.packets("t4_loss3pct_200KB_hijack1")) {
            MemorySegment m = MemorySegment.ofArray(bytes);
            if (parser("").parse(m, 0, bytes.length, packet) == Verdict.ICMP) {
                assertThat(unreachable.parse(m, packet)).isTrue();
                assertThat(unreachable.kind()).isEqualTo(UnreachablePacket.Kind.PORT);
                assertThat(unreachable.destinationPort()).isEqualTo(0x8008);
                assertThat(unreachable.remoteLow()).isEqualTo(IpHeader.mapped(0x0a4d000a));
                understood++;
            }
        }
        assertThat(understood).isEqualTo(2);
    }

    /** The kernel's answer to a hijacked NEED_ACK, from the ICMP header on, is what is written for the same packet. */
    @Test
    void portUnreachableOfTheKernelIsWrittenAgain() {
        byte[] needAck = new byte[0];
        int compared = 0;
        for (byte[] bytes : PcapFile.packets("t4_loss3pct_200KB_hijack1")) {
            MemorySegment m = MemorySegment.ofArray(bytes);
            Verdict verdict = parser("").parse(m, 0, bytes.length, packet);
            if (verdict == Verdict.HOMA && HomaHeader.type(m, 20) == HomaHeader.NEED_ACK) {
                needAck = bytes;
            } else if (verdict == Verdict.ICMP) {
                MemorySegment offending = MemorySegment.ofArray(needAck);
                // The quote has the checksum as it was before its completion, the captured packet as it was after.
                HomaHeader.setChecksum(offending, 20, HomaHeader.checksum(m, 48));
                new IpParser(true, false, IpHeader.defaultPriorityMap()).parse(offending, 0, needAck.length, packet);
                byte[] answer = new byte[UnreachablePacket.maxBytes()];
                int length = UnreachablePacket.write(offending, packet, 0, MemorySegment.ofArray(answer), 0);
                assertThat(Arrays.copyOfRange(answer, 20, length))
                        .isEqualTo(Arrays.copyOfRange(bytes, 20, bytes.length));
                assertThat(answer[1]).as("TOS").isEqualTo(bytes[1]);
                compared++;
            }
        }
        assertThat(compared).isEqualTo(2);
    }

    // --- writing a packet from what was read of another --------------------------------------------------------------

    private byte[] rewritten(MemorySegment from, boolean partialChecksum) {
        long at = packet.homaOffset();
        int length = packet.homaLength();
        byte[] bytes = new byte[(int) at + length];
        MemorySegment to = MemorySegment.ofArray(bytes);
        IpHeader.write(
                to,
                0,
                IpHeader.trafficClass(IpHeader.defaultPriorityMap(), packet.level()),
                length,
                IpHeader.ipv4Id(from, 0),
                packet.encapsulation().ipProtocol(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.destinationHigh(),
                packet.destinationLow());
        int type = HomaHeader.type(from, at);
        HomaHeader.writeCommon(
                to,
                at,
                HomaHeader.sourcePort(from, at),
                HomaHeader.destinationPort(from, at),
                HomaHeader.sequence(from, at),
                type,
                type == HomaHeader.DATA ? HomaHeader.DATA_WORDS : HomaHeader.CONTROL_WORDS,
                HomaHeader.senderId(from, at));
        rewriteBody(from, to, at, type);
        long pseudoHeader = Checksum.pseudoHeader(
                packet.sourceHigh(), packet.sourceLow(), packet.destinationHigh(), packet.destinationLow(), length);
        int checksum = partialChecksum ? Checksum.fold(pseudoHeader) : Checksum.homa(to, at, length, pseudoHeader);
        HomaHeader.setChecksum(to, at, checksum);
        return bytes;
    }

    private void rewriteBody(MemorySegment from, MemorySegment to, long at, int type) {
        switch (type) {
            case HomaHeader.DATA -> {
                HomaHeader.writeData(
                        to,
                        at,
                        HomaHeader.messageLength(from, at),
                        HomaHeader.incoming(from, at),
                        HomaHeader.ackId(from, at),
                        HomaHeader.ackPort(from, at),
                        HomaHeader.cutoffVersion(from, at),
                        HomaHeader.retransmit(from, at),
                        HomaHeader.extension(from, at),
                        HomaHeader.segmentOffset(from, at));
                int data = HomaHeader.DATA_BYTES;
                MemorySegment.copy(from, at + data, to, at + data, packet.homaLength() - data);
            }
            case HomaHeader.GRANT ->
                HomaHeader.writeGrant(to, at, HomaHeader.grantOffset(from, at), HomaHeader.grantPriority(from, at));
            case HomaHeader.RESEND ->
                HomaHeader.writeResend(
                        to,
                        at,
                        HomaHeader.resendOffset(from, at),
                        HomaHeader.resendLength(from, at),
                        HomaHeader.resendPriority(from, at));
            case HomaHeader.CUTOFFS -> {
                int[] cutoffs = new int[HomaHeader.CUTOFF_LEVELS];
                for (int i = 0; i < cutoffs.length; i++) {
                    cutoffs[i] = HomaHeader.cutoff(from, at, i);
                }
                HomaHeader.writeCutoffs(to, at, cutoffs, HomaHeader.cutoffsVersion(from, at));
            }
            default ->
                assertThat(type).isIn(HomaHeader.RPC_UNKNOWN, HomaHeader.BUSY, HomaHeader.FREEZE, HomaHeader.NEED_ACK);
        }
    }
}
