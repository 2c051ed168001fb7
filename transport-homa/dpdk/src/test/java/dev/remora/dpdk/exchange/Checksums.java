package dev.remora.dpdk.exchange;

/** The internet's checksum. */
final class Checksums {
    private Checksums() {}

    /** Of a range, with what was summed before; 0 over a range that holds its own right checksum. */
    static int of(byte[] bytes, int from, int length, int before) {
        int sum = before;
        for (int i = 0; i < length; i++) {
            sum += i % 2 == 0 ? (bytes[from + i] & 0xff) << 8 : bytes[from + i] & 0xff;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    /** Sum over the pseudo-header of an IPv4 packet at an offset, for its payload of so many bytes. */
    static int pseudoHeader(byte[] packet, int ip, int length) {
        return (~of(packet, ip + 12, 8, 0) & 0xffff) + (packet[ip + 9] & 0xff) + length;
    }

    /** 0 if the TCP or other checksum of a whole IPv4 packet is right. */
    static int layer4(byte[] packet, int ip, int length) {
        int header = (packet[ip] & 0xf) * 4;
        return of(packet, ip + header, length - header, pseudoHeader(packet, ip, length - header));
    }
}
