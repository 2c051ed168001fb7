package dev.remora.bench.testbed;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a testbed is to be like. All hosts and links are the same.
 *
 * @param hosts behind the switch, 1 to {@value #MAX_HOSTS}
 * @param linkMbps rate of each link in Mbit/s, in each direction, 1 to {@value #MAX_MBPS}
 * @param bufferBytes of each switch port and priority level in bytes, headers of Ethernet included: room for at least two
 *     frames, at most {@value #MAX_BUFFER}
 * @param mtu longest IP packet in bytes, {@value #MIN_MTU} to {@value #MAX_MTU}
 * @param congestionControl of TCP between the hosts, as the kernel names it, such as {@code cubic}
 * @param offloads whether TCP may hand packets of up to 64 KB to a link in one piece. Off, as it should be: then each
 *     frame on a link is one of at most the MTU, which is what the rate, the buffers and the counters count by
 */
public record TestbedPlan(
        int hosts, int linkMbps, int bufferBytes, int mtu, String congestionControl, boolean offloads) {
    /** Addresses end in 1 to 250. */
    public static final int MAX_HOSTS = 250;

    /** Far more than a software switch carries. */
    public static final int MAX_MBPS = 100_000;

    /** As much as a large switch has for all its ports. */
    public static final int MAX_BUFFER = 64 << 20;

    /** What every IPv4 host must take. */
    public static final int MIN_MTU = 576;

    /** Jumbo frames. */
    public static final int MAX_MTU = 9000;

    /** Of an Ethernet frame, without its checksum, which no virtual link has. */
    static final int ETHERNET_BYTES = 14;

    /** The kernel's longest name is 15 bytes. It becomes part of a command. */
    private static final Pattern ALGORITHM = Pattern.compile("[a-z0-9_]{1,15}");

    /** Checks each value. */
    public TestbedPlan {
        check("hosts", hosts, 1, MAX_HOSTS);
        check("linkMbps", linkMbps, 1, MAX_MBPS);
        check("mtu", mtu, MIN_MTU, MAX_MTU);
        check("bufferBytes", bufferBytes, 2 * (mtu + ETHERNET_BYTES), MAX_BUFFER);
        if (!ALGORITHM.matcher(congestionControl).matches()) {
            throw new IllegalArgumentException("congestionControl is \"" + printable(congestionControl)
                    + "\": it must be a name of up to 15 small letters, digits or '_', such as cubic");
        }
    }

    /** Frames of at most the MTU. */
    public TestbedPlan(int hosts, int linkMbps, int bufferBytes, int mtu, String congestionControl) {
        this(hosts, linkMbps, bufferBytes, mtu, congestionControl, false);
    }

    /** The same with or without offloads. */
    public TestbedPlan withOffloads(boolean on) {
        return new TestbedPlan(hosts, linkMbps, bufferBytes, mtu, congestionControl, on);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d hosts, links of %d Mbit/s, %d bytes of buffer per switch port and priority, MTU %d, %s%s",
                hosts,
                linkMbps,
                bufferBytes,
                mtu,
                congestionControl,
                offloads ? ", offloads on" : "");
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be " + min + " to " + max);
        }
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 40)).replaceAll("[^\\x20-\\x7e]", "?");
    }
}
