package dev.remora.homa.link.socket;

import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** IP packets from 10.0.0.1 or fd00::1 to the same with 2; what follows the header is anything. */
final class Packets {
    private static final long IPV6_HIGH = 0xfd00L << 48;

    private Packets() {}

    /** IP protocol 146 with so many random bytes behind the header. */
    static byte[] homa(Random random, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        random.nextBytes(payload);
        return ipv4(HomaHeader.PROTOCOL_HOMA, payload);
    }

    static byte[] ipv4(int protocol, byte[] payload) {
        return ip(IpHeader.mapped(0x0a000001), IpHeader.mapped(0x0a000002), 0, 0, protocol, payload);
    }

    static byte[] ipv6(int protocol, byte[] payload) {
        return ip(1, 2, IPV6_HIGH, IPV6_HIGH, protocol, payload);
    }

    private static byte[] ip(long from, long to, long fromHigh, long toHigh, int protocol, byte[] payload) {
        byte[] packet = new byte[IpHeader.IPV6_BYTES + payload.length];
        int header = IpHeader.write(
                MemorySegment.ofArray(packet), 0, 0, payload.length, 7, protocol, fromHigh, from, toHigh, to);
        System.arraycopy(payload, 0, packet, header, payload.length);
        return Arrays.copyOf(packet, header + payload.length);
    }

    /** A datagram from port 50000, without a checksum. */
    static byte[] udp(int destinationPort, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .putShort((short) 50_000)
                .putShort((short) destinationPort)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload)
                .array();
    }

    /** 20 bytes of TCP with these ports and flags. */
    static byte[] tcp(int sourcePort, int destinationPort, int flags) {
        byte[] segment = new byte[20];
        segment[0] = (byte) (sourcePort >> 8);
        segment[1] = (byte) sourcePort;
        segment[2] = (byte) (destinationPort >> 8);
        segment[3] = (byte) destinationPort;
        segment[12] = 0x50;
        segment[13] = (byte) flags;
        segment[18] = (byte) 0xb9;
        segment[19] = 0x7d;
        return segment;
    }
}
