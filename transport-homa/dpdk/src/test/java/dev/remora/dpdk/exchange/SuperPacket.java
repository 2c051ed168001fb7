package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP packet too long for a frame, with flags no TCP connection has (SYN and RST) and an urgent pointer without its flag,
 * as a protocol that borrows the header of TCP sends it; and its segments as segmentation is defined.
 */
final class SuperPacket {
    private static final int SYN_RST = 0x06;
    private static final int URGENT = 0xb97d;
    private static final int IP = 14;
    private static final int TCP = 34;
    private static final int SEQUENCE = 0xffff_f000;
    private static final int IDENTIFICATION = 0x1234;

    private final int headers;
    private final byte[] frame;

    /**
     * Makes one.
     *
     * @param payload bytes behind the headers
     * @param dataOffset length of the TCP header in words
     */
    SuperPacket(int payload, int dataOffset) {
        headers = TCP + dataOffset * 4;
        frame = new byte[headers + payload];
        ByteBuffer out = ByteBuffer.wrap(frame);
        out.putLong(0x0200_5e00_0001_0200L).putInt(0x5e00_0002).putShort((short) 0x0800);
        out.putInt(0x4500_0000 | frame.length - IP).putInt(IDENTIFICATION << 16).putInt(0x4006_0000);
        out.putInt(0xc633_6402).putInt(0xc633_6403);
        out.putInt(4_000 << 16 | 99).putInt(SEQUENCE).putInt(0x0102_0304);
        out.putInt(dataOffset << 28 | SYN_RST << 16 | 0x2000).putInt(URGENT);
        while (out.hasRemaining()) {
            out.put((byte) (out.position() * 31 + (out.position() >>> 8)));
        }
    }

    /** With checksums of zero. */
    byte[] frame() {
        return frame;
    }

    /** The segments: each with all headers, numbered on, and its checksums. */
    List<byte[]> cut(int mss) {
        List<byte[]> segments = new ArrayList<>();
        for (int at = headers; at < frame.length; at += mss) {
            int part = Math.min(mss, frame.length - at);
            byte[] segment = new byte[headers + part];
            System.arraycopy(frame, 0, segment, 0, headers);
            System.arraycopy(frame, at, segment, headers, part);
            ByteBuffer out = ByteBuffer.wrap(segment);
            out.putShort(IP + 2, (short) (segment.length - IP));
            out.putShort(IP + 4, (short) (IDENTIFICATION + segments.size()));
            out.putShort(IP + 10, (short) Checksums.of(segment, IP, 20, 0));
            out.putInt(TCP + 4, SEQUENCE + at - headers);
            out.putShort(TCP + 16, (short) Checksums.layer4(segment, IP, segment.length - IP));
            segments.add(segment);
        }
        return segments;
    }

    /** What a receiver relies on, whatever else a segment holds. */
    static void checkHeaders(byte[] segment) {
        ByteBuffer in = ByteBuffer.wrap(segment);
        assertThat(Checksums.of(segment, IP, 20, 0)).as("IPv4 checksum").isZero();
        assertThat(Checksums.layer4(segment, IP, segment.length - IP))
                .as("TCP checksum")
                .isZero();
        assertThat(in.get(TCP + 13)).as("flags").isEqualTo((byte) SYN_RST);
        assertThat(in.getShort(TCP + 18)).as("urgent pointer").isEqualTo((short) URGENT);
    }
}
