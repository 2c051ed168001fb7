package dev.remora.dpdk.memory;

import dev.remora.dpdk.ffi.Layout;

/** Where the fields of mbufs and caches are: constants to the JIT, looked up once the libraries are loaded. */
final class Offsets {
    static final int BUF_ADDR = of("rte_mbuf.buf_addr");
    static final int BUF_IOVA = of("rte_mbuf.buf_iova");
    static final int DATA_OFF = of("rte_mbuf.data_off");
    static final int REFCNT = of("rte_mbuf.refcnt");
    static final int NB_SEGS = of("rte_mbuf.nb_segs");
    static final int PORT = of("rte_mbuf.port");
    static final int OL_FLAGS = of("rte_mbuf.ol_flags");
    static final int PACKET_TYPE = of("rte_mbuf.packet_type");
    static final int PKT_LEN = of("rte_mbuf.pkt_len");
    static final int DATA_LEN = of("rte_mbuf.data_len");
    static final int VLAN_TCI = of("rte_mbuf.vlan_tci");
    static final int RSS = of("rte_mbuf.hash.rss");
    static final int VLAN_TCI_OUTER = of("rte_mbuf.vlan_tci_outer");
    static final int BUF_LEN = of("rte_mbuf.buf_len");
    static final int POOL = of("rte_mbuf.pool");
    static final int NEXT = of("rte_mbuf.next");
    static final int TX_OFFLOAD = of("rte_mbuf.tx_offload");
    static final int SHINFO = of("rte_mbuf.shinfo");

    static final int CACHE_BYTES = Layout.loaded().sizeOf("rte_mempool_cache");
    static final int CACHE_SIZE = of("rte_mempool_cache.size");
    static final int CACHE_FLUSH = of("rte_mempool_cache.flushthresh");
    static final int CACHE_LENGTH = of("rte_mempool_cache.len");
    static final int CACHE_OBJECTS = of("rte_mempool_cache.objs");
    /** The most a cache asks the ring for beyond its own size; its array holds twice as many. */
    static final int CACHE_MOST = Layout.loaded().constant("RTE_MEMPOOL_CACHE_MAX_SIZE");

    static {
        // Fields that are read or written together must lie together: in all releases known they do.
        require(REFCNT == DATA_OFF + 2 && NB_SEGS == DATA_OFF + 4 && PORT == DATA_OFF + 6);
        require(PKT_LEN == PACKET_TYPE + 4);
        require(VLAN_TCI == DATA_LEN + 2 && RSS == DATA_LEN + 4);
        require(CACHE_OBJECTS + 8 * 2 * CACHE_MOST <= CACHE_BYTES);
    }

    private Offsets() {}

    private static int of(String field) {
        return Layout.loaded().offset(field);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException(
                    "the layout of DPDK " + Layout.loaded().version().release() + " is not as the data path needs it");
        }
    }
}
