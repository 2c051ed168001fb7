package dev.remora.homa.net.packet;

import dev.remora.homa.protocol.wire.IpHeader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.
 *
 * @param high upper half; 0 for IPv4
 * @param low lower half
 */
public record IpAddress(long high, long low) {
    /**
     * Reads a literal address; names are not looked up. The zone of a link-local address is left out.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static IpAddress parse(String text) {
        int zone = text.indexOf('%');
        try {
            return of(InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an IP address: write 192.0.2.1 or 2001:db8::1", e);
        }
    }

    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4
                ? new IpAddress(0, IpHeader.mapped(bytes.getInt()))
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }

    public boolean isIpv4() {
        return IpHeader.isIpv4(high, low);
    }

    /** Whether a single host may have it: no group, no broadcast, no loopback, not nothing. */
    public boolean isUnicast() {
        return isUnicast(high, low);
    }

    /** The same for the halves. */
    public static boolean isUnicast(long high, long low) {
        if (!IpHeader.isIpv4(high, low)) {
            // :: and ::1, and the old mapped forms below ::ffff:0:0.
            return high >>> 56 != 0xFF && (high != 0 || low >>> 32 != 0);
        }
        int first = (int) low >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /** fe80::/10. */
    public static boolean isLinkLocal(long high) {
        return high >>> 54 == 0xFE80 >>> 6;
    }

    /** As a log shows it. */
    public static String text(long high, long low) {
        return new IpAddress(high, low).toString();
    }

    @Override
    public String toString() {
        ByteBuffer bytes = ByteBuffer.allocate(16).putLong(high).putLong(low);
        try {
            // The JDK makes an IPv4 address of a mapped one by itself.
            return InetAddress.getByAddress(bytes.array()).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
