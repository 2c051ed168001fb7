package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An opened device that carries Ethernet frames: a kernel interface by a packet socket or by DPDK, a PCI NIC, a hub in tests.
 *
 * <p>It must let in frames to its own MAC address, to the broadcast address and to the IPv6 groups 33:33:..., or all frames.
 */
public interface InterfaceDevice extends AutoCloseable {
    /** One per engine, in the order of engines. The ports made of them close them. */
    List<FrameQueue> queues();

    /** How it spreads arriving packets over the queues; null if it has one queue, or does not tell. */
    default @Nullable Spread spread() {
        return null;
    }

    /**
     * Whether all packets between two ports come to the same queue. If not, or if nobody knows, engines pass on what came to the
     * wrong one.
     */
    default boolean steersFlows() {
        return true;
    }

    /**
     * Whether frames of our VLAN, and only those, come without their tag, as the kernel hands them over. Frames without a tag are
     * refused otherwise when ours have one.
     */
    default boolean takesTagsOff() {
        return false;
    }

    /** Ends the device; if some of its queues are still open, with the last of them. Idempotent. */
    @Override
    void close();

    /** Opens one. */
    @FunctionalInterface
    interface Opener {
        /**
         * @param engines number of queues wanted, at least 1
         * @throws dev.remora.spi.TransportException UNSUPPORTED if it cannot be opened, saying why and what to do
         */
        InterfaceDevice open(int engines);
    }

    /**
     * Receive side scaling: the Toeplitz hash of addresses and ports picks an entry of the table, which names the queue.
     *
     * @param key at least 40 bytes
     * @param table queue by the low bits of the hash; not empty
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Spread(byte[] key, int[] table) {
        public Spread {
            if (key.length < 40 || table.length == 0) {
                throw new IllegalArgumentException("a key of " + key.length + " bytes (at least 40 are needed) and a"
                        + " table of " + table.length + " entries (at least 1)");
            }
        }
    }
}
