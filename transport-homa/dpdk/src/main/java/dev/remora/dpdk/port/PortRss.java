package dev.remora.dpdk.port;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.port.EthdevCalls.OfArray;
import dev.remora.dpdk.port.EthdevCalls.OfStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A port's hash and its table from hash to queue, in the structs in which DPDK takes them.
 *
 * @param id of the port
 * @param name of the port
 * @param offered by its driver
 * @param layout of the structs
 */
record PortRss(int id, String name, PortCapabilities offered, Layout layout) {
    /** Entries of the table per {@code struct rte_eth_rss_reta_entry64}. */
    private static final int GROUP = 64;

    private static final int MAX_KEY = 255;
    private static final int MIN_KEY = 16;

    RssConfig read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(MAX_KEY + 1, 8);
            MemorySegment conf = arena.allocate(layout.sizeOf("rte_eth_rss_conf"), 8);
            long at = conf.address();
            long keyAt = at + layout.offset("rte_eth_rss_conf.rss_key");
            long lengthAt = at + layout.offset("rte_eth_rss_conf.rss_key_len");
            int keyBytes = offered.hashKeyBytes();
            Memory.putLong(keyAt, key.address());
            Memory.putByte(lengthAt, (byte) (keyBytes == 0 ? MAX_KEY : keyBytes));
            int code = EthdevCalls.call(OfStruct.RSS_GET, id, conf);
            if (code < 0) {
                throw EthdevCalls.failed(name, OfStruct.RSS_GET, code, remedy());
            }
            int length = keyBytes == 0 ? 0 : Memory.getByte(lengthAt) & 0xff;
            boolean told = length >= MIN_KEY && Memory.getLong(keyAt) != 0;
            return new RssConfig(
                    RssHash.of(Memory.getLong(at + layout.offset("rte_eth_rss_conf.rss_hf"))),
                    told ? key.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE) : null);
        }
    }

    void update(RssConfig config) {
        check(name, config, offered);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment conf = arena.allocate(layout.sizeOf("rte_eth_rss_conf"), 8);
            fill(conf.address(), layout, config, arena);
            int code = EthdevCalls.call(OfStruct.RSS_UPDATE, id, conf);
            if (code < 0) {
                throw EthdevCalls.failed(name, OfStruct.RSS_UPDATE, code, remedy());
            }
        }
    }

    int[] table() {
        int[] table = new int[offered.redirectionTableSize()];
        if (table.length > 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment entries = entries(arena, table.length);
                callTable(OfArray.TABLE_QUERY, entries, table.length);
                for (int i = 0; i < table.length; i++) {
                    table[i] = Memory.getShort(entry(entries, i));
                }
            }
        }
        return table;
    }

    void table(int[] table, int queues) {
        int size = offered.redirectionTableSize();
        if (size == 0) {
            throw new DpdkException("port " + name + " has no redirection table", remedy());
        }
        if (table.length != size) {
            throw new DpdkException(
                    "port " + name + ": a redirection table of " + table.length + " entries is not possible",
                    "give one of " + size);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = entries(arena, size);
            for (int i = 0; i < size; i++) {
                if (table[i] < 0 || table[i] >= queues) {
                    throw new IllegalArgumentException(
                            "entry " + i + " of the table names queue " + table[i] + ", there are " + queues);
                }
                Memory.putShort(entry(entries, i), table[i]);
            }
            callTable(OfArray.TABLE_UPDATE, entries, size);
        }
    }

    /** Whether a driver can do what is asked. */
    static void check(String name, RssConfig rss, PortCapabilities offered) {
        PortSetup.missing(name, "RSS", rss.hashes(), offered.rssHashes());
        byte[] key = rss.key();
        if (key != null && offered.hashKeyBytes() != 0 && key.length != offered.hashKeyBytes()) {
            throw new DpdkException(
                    "port " + name + ": an RSS key of " + key.length + " bytes is not possible with driver "
                            + offered.driver(),
                    "give one of " + offered.hashKeyBytes());
        }
    }

    /** Fills a zeroed {@code struct rte_eth_rss_conf}. */
    static void fill(long struct, Layout layout, RssConfig rss, Arena arena) {
        Memory.putLong(struct + layout.offset("rte_eth_rss_conf.rss_hf"), RssHash.mask(rss.hashes()));
        byte @Nullable [] key = rss.key();
        if (key != null) {
            MemorySegment copy = arena.allocate(key.length);
            MemorySegment.copy(MemorySegment.ofArray(key), 0, copy, 0, key.length);
            Memory.putLong(struct + layout.offset("rte_eth_rss_conf.rss_key"), copy.address());
            Memory.putByte(struct + layout.offset("rte_eth_rss_conf.rss_key_len"), (byte) key.length);
        }
    }

    private void callTable(OfArray what, MemorySegment entries, int size) {
        int code = EthdevCalls.call(what, id, entries, size);
        if (code < 0) {
            throw EthdevCalls.failed(name, what, code, remedy());
        }
    }

    private MemorySegment entries(Arena arena, int size) {
        int groups = (size + GROUP - 1) / GROUP;
        int bytes = layout.sizeOf("rte_eth_rss_reta_entry64");
        MemorySegment entries = arena.allocate((long) bytes * groups, 8);
        for (int group = 0; group < groups; group++) {
            int left = size - group * GROUP;
            long mask = left >= GROUP ? -1L : (1L << left) - 1;
            Memory.putLong(
                    entries.address() + (long) bytes * group + layout.offset("rte_eth_rss_reta_entry64.mask"), mask);
        }
        return entries;
    }

    private long entry(MemorySegment entries, int index) {
        return entries.address()
                + (long) layout.sizeOf("rte_eth_rss_reta_entry64") * (index / GROUP)
                + layout.offset("rte_eth_rss_reta_entry64.reta")
                + 2L * (index % GROUP);
    }

    private String remedy() {
        return offered.rssHashes().isEmpty()
                ? "driver " + offered.driver() + " has no RSS"
                : "driver " + offered.driver() + " may do so only when configured with an RssConfig, or while started";
    }
}
