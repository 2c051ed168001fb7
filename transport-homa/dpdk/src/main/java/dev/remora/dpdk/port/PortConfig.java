package dev.remora.dpdk.port;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a port is to be. Offloads that are required make {@link Port#configure} fail when the driver lacks them; those that
 * are only wanted are left out then, and {@link Port#rxOffloads()} and {@link Port#txOffloads()} tell which are on.
 *
 * @param rxQueues receive queues
 * @param txQueues transmit queues
 * @param rxDescriptors per receive queue; changed to what the driver allows
 * @param txDescriptors per transmit queue; changed to what the driver allows
 * @param txFreeThreshold free descriptors of a transmit queue below which the driver takes back mbufs that were sent, on the
 *     next burst; 0 leaves it to the driver, which then may keep nearly as many as there are descriptors
 * @param mtu bytes of a packet behind the Ethernet header; 0 leaves it to the driver
 * @param rxOffloads required for receiving
 * @param txOffloads required for sending
 * @param wantedRxOffloads taken if offered
 * @param wantedTxOffloads taken if offered
 * @param rss how to spread over the receive queues; null without
 * @param promiscuous whether to receive frames for other MAC addresses
 */
public record PortConfig(
        int rxQueues,
        int txQueues,
        int rxDescriptors,
        int txDescriptors,
        int txFreeThreshold,
        int mtu,
        Set<RxOffload> rxOffloads,
        Set<TxOffload> txOffloads,
        Set<RxOffload> wantedRxOffloads,
        Set<TxOffload> wantedTxOffloads,
        @Nullable RssConfig rss,
        boolean promiscuous) {

    /** Checks and copies. */
    public PortConfig {
        require("rxQueues", rxQueues, 0, 1_024);
        require("txQueues", txQueues, 0, 1_024);
        if (rxQueues + txQueues == 0) {
            throw new IllegalArgumentException("a port needs a queue: rxQueues and txQueues are both 0");
        }
        require("rxDescriptors", rxDescriptors, 1, 65_535);
        require("txDescriptors", txDescriptors, 1, 65_535);
        require("txFreeThreshold", txFreeThreshold, 0, 65_535);
        if (mtu != 0) {
            require("mtu", mtu, 68, 65_535);
        }
        rxOffloads = copy(RxOffload.class, rxOffloads);
        txOffloads = copy(TxOffload.class, txOffloads);
        wantedRxOffloads = copy(RxOffload.class, wantedRxOffloads);
        wantedTxOffloads = copy(TxOffload.class, wantedTxOffloads);
    }

    /** One queue of 1,024 descriptors in each direction, no offloads. */
    public static Builder builder() {
        return new Builder();
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", is " + value);
        }
    }

    private static <E extends Enum<E>> Set<E> copy(Class<E> type, Set<E> from) {
        EnumSet<E> copy = EnumSet.noneOf(type);
        copy.addAll(from);
        return Collections.unmodifiableSet(copy);
    }

    /** Collects the values of a {@link PortConfig}; offloads and wishes add up. */
    public static final class Builder {
        private int rxQueues = 1;
        private int txQueues = 1;
        private int rxDescriptors = 1_024;
        private int txDescriptors = 1_024;
        private int txFreeThreshold;
        private int mtu;
        private final EnumSet<RxOffload> rxOffloads = EnumSet.noneOf(RxOffload.class);
        private final EnumSet<TxOffload> txOffloads = EnumSet.noneOf(TxOffload.class);
        private final EnumSet<RxOffload> wantedRxOffloads = EnumSet.noneOf(RxOffload.class);
        private final EnumSet<TxOffload> wantedTxOffloads = EnumSet.noneOf(TxOffload.class);
        private @Nullable RssConfig rss;
        private boolean promiscuous;

        private Builder() {}

        /** Queues in each direction. */
        public Builder queues(int count) {
            rxQueues = count;
            txQueues = count;
            return this;
        }

        /** Receive queues; 0 for a port that only sends. */
        public Builder rxQueues(int count) {
            rxQueues = count;
            return this;
        }

        /** Transmit queues; 0 for a port that only receives. */
        public Builder txQueues(int count) {
            txQueues = count;
            return this;
        }

        /** Descriptors per receive queue. */
        public Builder rxDescriptors(int count) {
            rxDescriptors = count;
            return this;
        }

        /** Descriptors per transmit queue. */
        public Builder txDescriptors(int count) {
            txDescriptors = count;
            return this;
        }

        /** Free descriptors below which the driver takes back sent mbufs; 0 leaves it to the driver. */
        public Builder txFreeThreshold(int count) {
            txFreeThreshold = count;
            return this;
        }

        /** Bytes of a packet behind the Ethernet header; 0 leaves it to the driver. */
        public Builder mtu(int bytes) {
            mtu = bytes;
            return this;
        }

        /** Offloads the port cannot do without. */
        public Builder rxOffloads(Set<RxOffload> required) {
            rxOffloads.addAll(required);
            return this;
        }

        /** Offloads the port cannot do without. */
        public Builder txOffloads(Set<TxOffload> required) {
            txOffloads.addAll(required);
            return this;
        }

        /** Offloads to switch on if the driver has them. */
        public Builder wantRx(RxOffload... wanted) {
            Collections.addAll(wantedRxOffloads, wanted);
            return this;
        }

        /** Offloads to switch on if the driver has them. */
        public Builder wantTx(TxOffload... wanted) {
            Collections.addAll(wantedTxOffloads, wanted);
            return this;
        }

        /** How to spread over the receive queues. */
        public Builder rss(RssConfig config) {
            rss = config;
            return this;
        }

        /** Whether to receive frames for other MAC addresses. */
        public Builder promiscuous(boolean on) {
            promiscuous = on;
            return this;
        }

        /** Checks the values. */
        public PortConfig build() {
            return new PortConfig(
                    rxQueues,
                    txQueues,
                    rxDescriptors,
                    txDescriptors,
                    txFreeThreshold,
                    mtu,
                    rxOffloads,
                    txOffloads,
                    wantedRxOffloads,
                    wantedTxOffloads,
                    rss,
                    promiscuous);
        }
    }
}
