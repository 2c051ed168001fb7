package dev.remora.homa.net.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.remora.homa.protocol.wire.Checksum;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** ICMP echo, known as ping, of both families. */
public final class EchoMessage {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int HEADER_BYTES = 8;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private EchoMessage() {}

    /** Whether a packet with the verdict ICMP is an echo request; its checksum is not looked at. */
    public static boolean isRequest(MemorySegment m, ParsedPacket packet) {
        int type = packet.ipv6() ? 128 : 8;
        return packet.homaLength() >= HEADER_BYTES && (m.get(SHORT, packet.homaOffset()) & 0xFFFF) == type << 8;
    }

    /** Whether an ICMP message's checksum is right. */
    public static boolean checksumIsValid(MemorySegment m, ParsedPacket packet) {
        return Checksum.fold(pseudoHeader(packet) + Checksum.sum(m, packet.homaOffset(), packet.homaLength()))
                == 0xFFFF;
    }

    /** Bytes of the reply, from the IP header on. */
    public static int replyBytes(ParsedPacket request) {
        return IpHeader.headerBytes(request.ipv6()) + request.homaLength();
    }

    /** Writes the reply from the IP header on. */
    public static void writeReply(MemorySegment m, ParsedPacket request, int ipId, MemorySegment target, long at) {
        boolean ipv6 = request.ipv6();
        int length = request.homaLength();
        int ip = IpHeader.write(
                target,
                at,
                0,
                length,
                ipId,
                ipv6 ? ICMPV6 : ICMP,
                request.destinationHigh(),
                request.destinationLow(),
                request.sourceHigh(),
                request.sourceLow());
        long icmp = at + ip;
        MemorySegment.copy(m, request.homaOffset(), target, icmp, length);
        target.set(JAVA_BYTE, icmp, (byte) (ipv6 ? 129 : 0));
        target.set(SHORT, icmp + 2, (short) 0);
        target.set(
                SHORT, icmp + 2, (short) Checksum.finish(pseudoHeader(request) + Checksum.sum(target, icmp, length)));
    }

    /** Its addresses may be swapped: the sum is the same. */
    private static long pseudoHeader(ParsedPacket packet) {
        return packet.ipv6()
                ? Checksum.pseudoHeader(
                        packet.sourceHigh(),
                        packet.sourceLow(),
                        packet.destinationHigh(),
                        packet.destinationLow(),
                        ICMPV6,
                        packet.homaLength())
                : 0;
    }
}
