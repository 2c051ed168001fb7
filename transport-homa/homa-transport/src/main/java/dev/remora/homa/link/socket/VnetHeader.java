package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.remora.homa.link.Offload;
import dev.remora.homa.net.packet.EthernetHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The struct virtio_net_hdr in front of every frame: what the sender leaves to the device, and what the receiver need not
 * check. In the machine's byte order.
 */
final class VnetHeader {
    /** Length of the Ethernet header. */
    static final int ETHERNET_BYTES = 14;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Of the data offset and the checksum in a TCP header. */
    private static final int DATA_OFFSET_AT = 12;

    private static final int CHECKSUM_AT = 16;

    /** Of the checksum in a UDP header. */
    private static final int UDP_CHECKSUM_AT = 6;

    private VnetHeader() {}

    /**
     * Writes the header for a frame that stands right behind it.
     *
     * @param at of the header
     * @param l3Bytes length of the IP header
     * @param segmentBytes TCP payload of each packet
     */
    static void write(MemorySegment m, long at, Offload offload, int l3Bytes, int segmentBytes) {
        if (offload == Offload.NONE) {
            m.set(LONG, at, 0);
            m.set(SHORT, at + Long.BYTES, (short) 0);
            return;
        }
        long frame = at + Abi.VIRTIO_NET_HDR_BYTES;
        int ethernet = EthernetHeader.bytes(m, frame);
        int tcp = ethernet + l3Bytes;
        boolean cut = offload == Offload.SEGMENTATION;
        int headers = cut ? tcp + 4 * (m.get(JAVA_BYTE, frame + tcp + DATA_OFFSET_AT) >> 4 & 0xf) : 0;
        m.set(JAVA_BYTE, at + Abi.VIRTIO_NET_HDR__FLAGS, (byte) Abi.VIRTIO_NET_HDR_F_NEEDS_CSUM);
        m.set(JAVA_BYTE, at + Abi.VIRTIO_NET_HDR__GSO_TYPE, (byte)
                (cut ? gsoType(m, frame + ethernet) : Abi.VIRTIO_NET_HDR_GSO_NONE));
        m.set(SHORT, at + Abi.VIRTIO_NET_HDR__HDR_LEN, (short) headers);
        m.set(SHORT, at + Abi.VIRTIO_NET_HDR__GSO_SIZE, (short) (cut ? segmentBytes : 0));
        m.set(SHORT, at + Abi.VIRTIO_NET_HDR__CSUM_START, (short) tcp);
        m.set(SHORT, at + Abi.VIRTIO_NET_HDR__CSUM_OFFSET, (short)
                (offload == Offload.UDP_CHECKSUM ? UDP_CHECKSUM_AT : CHECKSUM_AT));
    }

    private static int gsoType(MemorySegment m, long ip) {
        int version = m.get(JAVA_BYTE, ip) >> 4 & 0xf;
        return version == 4 ? Abi.VIRTIO_NET_HDR_GSO_TCPV4 : Abi.VIRTIO_NET_HDR_GSO_TCPV6;
    }

    /**
     * Whether the checksum of a received frame needs no check: a device did it, or it was never computed, as the frame did
     * not leave this machine.
     */
    static boolean checksumKnownGood(MemorySegment m, long at) {
        int good = Abi.VIRTIO_NET_HDR_F_NEEDS_CSUM | Abi.VIRTIO_NET_HDR_F_DATA_VALID;
        return (m.get(JAVA_BYTE, at + Abi.VIRTIO_NET_HDR__FLAGS) & good) != 0;
    }
}
