package dev.remora.dpdk.port;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Natives;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The control path of {@code rte_ethdev.h}: functions that are called now and then, may block, and answer with a negative
 * errno. They come in a few shapes, one method for each. Initialised only after the libraries are loaded.
 */
final class EthdevCalls {
    /** Functions of a port. */
    enum OfPort {
        START("rte_eth_dev_start"),
        STOP("rte_eth_dev_stop"),
        CLOSE("rte_eth_dev_close"),
        SOCKET("rte_eth_dev_socket_id"),
        IS_VALID("rte_eth_dev_is_valid_port"),
        STATS_RESET("rte_eth_stats_reset"),
        XSTATS_RESET("rte_eth_xstats_reset"),
        PROMISCUOUS_GET("rte_eth_promiscuous_get"),
        PROMISCUOUS_ENABLE("rte_eth_promiscuous_enable"),
        PROMISCUOUS_DISABLE("rte_eth_promiscuous_disable");

        private final String symbol;
        private final MethodHandle handle;

        OfPort(String symbol) {
            this.symbol = symbol;
            handle = function(symbol, JAVA_SHORT);
        }
    }

    /** Functions of a port and a struct. */
    enum OfStruct {
        INFO("rte_eth_dev_info_get"),
        LINK("rte_eth_link_get_nowait"),
        STATS("rte_eth_stats_get"),
        MTU("rte_eth_dev_get_mtu"),
        MAC("rte_eth_macaddr_get"),
        RSS_UPDATE("rte_eth_dev_rss_hash_update"),
        RSS_GET("rte_eth_dev_rss_hash_conf_get");

        private final String symbol;
        private final MethodHandle handle;

        OfStruct(String symbol) {
            this.symbol = symbol;
            handle = function(symbol, JAVA_SHORT, JAVA_LONG);
        }
    }

    /** Functions of a port and an array with its length. */
    enum OfArray {
        XSTATS("rte_eth_xstats_get", false),
        XSTATS_NAMES("rte_eth_xstats_get_names", false),
        TABLE_UPDATE("rte_eth_dev_rss_reta_update", true),
        TABLE_QUERY("rte_eth_dev_rss_reta_query", true);

        private final String symbol;
        private final boolean isShort;
        private final MethodHandle handle;

        OfArray(String symbol, boolean isShort) {
            this.symbol = symbol;
            this.isShort = isShort;
            handle = function(symbol, JAVA_SHORT, JAVA_LONG, isShort ? JAVA_SHORT : JAVA_INT);
        }
    }

    private static final MethodHandle CONFIGURE =
            function("rte_eth_dev_configure", JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle ADJUST =
            function("rte_eth_dev_adjust_nb_rx_tx_desc", JAVA_SHORT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RX_SETUP =
            function("rte_eth_rx_queue_setup", JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle TX_SETUP =
            function("rte_eth_tx_queue_setup", JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SET_MTU = function("rte_eth_dev_set_mtu", JAVA_SHORT, JAVA_SHORT);

    private EthdevCalls() {}

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return Natives.function(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    static int call(OfPort what, int port) {
        try {
            return (int) what.handle.invokeExact((short) port);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int call(OfStruct what, int port, MemorySegment struct) {
        try {
            return (int) what.handle.invokeExact((short) port, struct.address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The array may be NULL where only the number of entries is asked for. */
    static int call(OfArray what, int port, MemorySegment array, int entries) {
        try {
            return what.isShort
                    ? (int) what.handle.invokeExact((short) port, array.address(), (short) entries)
                    : (int) what.handle.invokeExact((short) port, array.address(), entries);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int configure(int port, int rxQueues, int txQueues, MemorySegment conf) {
        try {
            return (int) CONFIGURE.invokeExact((short) port, (short) rxQueues, (short) txQueues, conf.address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int adjustDescriptors(int port, MemorySegment rx, MemorySegment tx) {
        try {
            return (int) ADJUST.invokeExact((short) port, rx.address(), tx.address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int setUpRx(int port, int queue, int descriptors, int socket, long conf, long pool) {
        try {
            return (int) RX_SETUP.invokeExact((short) port, (short) queue, (short) descriptors, socket, conf, pool);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int setUpTx(int port, int queue, int descriptors, int socket, long conf) {
        try {
            return (int) TX_SETUP.invokeExact((short) port, (short) queue, (short) descriptors, socket, conf);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int setMtu(int port, int mtu) {
        try {
            return (int) SET_MTU.invokeExact((short) port, (short) mtu);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static DpdkException failed(String port, OfPort what, int code, String remedy) {
        return failed(port, what.symbol, code, remedy);
    }

    static DpdkException failed(String port, OfStruct what, int code, String remedy) {
        return failed(port, what.symbol, code, remedy);
    }

    static DpdkException failed(String port, OfArray what, int code, String remedy) {
        return failed(port, what.symbol, code, remedy);
    }

    /** What a call that answered with a negative errno comes to; an empty remedy is replaced by what usually helps. */
    static DpdkException failed(String port, String call, int code, String remedy) {
        return new DpdkException(
                "port " + port + ": " + call + " failed: " + Errno.text(code),
                remedy.isEmpty() ? usualRemedy(Math.abs(code)) : remedy);
    }

    private static String usualRemedy(int errno) {
        return switch (errno) {
            case Errno.ENOMEM -> "give EAL more memory, or use fewer queues, descriptors or mbufs";
            case Errno.EBUSY -> "stop() the port first";
            case Errno.ENODEV, Errno.EIO -> "the device is gone: close() the port and attach the device again";
            case Errno.ENOTSUP -> "the driver cannot do this; capabilities() tells what it can";
            default -> "DPDK's log has the reason";
        };
    }
}
