package dev.remora.homa.net.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.regex.Pattern;

/** MAC addresses as the low 48 bits of a long; 0 stands for none. */
public final class MacAddress {
    public static final int BYTES = 6;
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MacAddress() {}

    /** Whether it may be the address of one interface: no group and not zero. */
    public static boolean isUnicast(long mac) {
        return mac != 0 && mac >>> 48 == 0 && (mac & 1L << 40) == 0;
    }

    /** Of the IPv6 multicast group whose address ends like this. */
    public static long ofIpv6Group(long low) {
        return 0x3333_0000_0000L | (low & 0xFFFF_FFFFL);
    }

    public static long read(MemorySegment m, long at) {
        return (m.get(SHORT, at) & 0xFFFFL) << 32 | (m.get(INT, at + 2) & 0xFFFF_FFFFL);
    }

    public static void write(MemorySegment m, long at, long mac) {
        m.set(SHORT, at, (short) (mac >>> 32));
        m.set(INT, at + 2, (int) mac);
    }

    /**
     * Of the six bytes an operating system gives.
     *
     * @throws IllegalArgumentException if there are not six
     */
    public static long of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + bytes.length);
        }
        long mac = 0;
        for (byte b : bytes) {
            mac = mac << 8 | (b & 0xFF);
        }
        return mac;
    }

    /**
     * Reads {@code aa:bb:cc:dd:ee:ff}.
     *
     * @throws IllegalArgumentException if it is written otherwise
     */
    public static long parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a MAC address: write aa:bb:cc:dd:ee:ff");
        }
        return Long.parseLong(text.replace(":", ""), 16);
    }

    public static String text(long mac) {
        String digits = String.format(Locale.ROOT, "%012x", mac);
        return digits.replaceAll("(..)(?!$)", "$1:");
    }
}
