package dev.remora.homa.net;

import dev.remora.homa.net.packet.IpAddress;

/**
 * An address of ours and the network it is in.
 *
 * @param address unicast
 * @param prefixBits leading bits that all hosts on the link share: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record OwnAddress(IpAddress address, int prefixBits) {
    public OwnAddress {
        int most = address.isIpv4() ? 32 : 128;
        if (prefixBits < 0 || prefixBits > most) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixBits + " of " + address + " is outside 0 to " + most);
        }
        if (!address.isUnicast()) {
            throw new IllegalArgumentException(address + " cannot be the address of an interface");
        }
    }

    /** Reads {@code 192.0.2.1/24} or {@code 2001:db8::1/64}. */
    public static OwnAddress parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length: write 192.0.2.1/24");
        }
        int bits;
        try {
            bits = Integer.parseInt(text.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "': write a number behind the slash", e);
        }
        return new OwnAddress(IpAddress.parse(text.substring(0, slash)), bits);
    }

    /** Bits of the prefix in the form of IPv6: those of IPv4 lie behind 96 others. */
    int mappedBits() {
        return address.isIpv4() ? 96 + prefixBits : prefixBits;
    }

    /** Whether a host of this address is on the same link. */
    boolean covers(long high, long low) {
        int bits = mappedBits();
        long highMask = bits >= 64 ? -1 : bits == 0 ? 0 : -1L << 64 - bits;
        long lowMask = bits >= 128 ? -1 : bits <= 64 ? 0 : -1L << 128 - bits;
        return ((high ^ address.high()) & highMask) == 0 && ((low ^ address.low()) & lowMask) == 0;
    }

    /** Whether it is this network's directed broadcast or, for IPv4, its name. */
    boolean isReserved(long high, long low) {
        if (!address.isIpv4() || prefixBits >= 31 || !covers(high, low)) {
            return false;
        }
        int host = (int) low & -1 >>> prefixBits;
        return host == 0 || host == -1 >>> prefixBits;
    }

    @Override
    public String toString() {
        return address + "/" + prefixBits;
    }
}
