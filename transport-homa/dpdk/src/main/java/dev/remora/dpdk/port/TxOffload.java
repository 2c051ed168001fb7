package dev.remora.dpdk.port;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a NIC or driver can do with a frame before it sends it. The bits are the same in the releases that are supported. */
public enum TxOffload {
    VLAN_INSERT(0, "VLAN_INSERT"),
    IPV4_CKSUM(1, "IPV4_CKSUM"),
    UDP_CKSUM(2, "UDP_CKSUM"),
    TCP_CKSUM(3, "TCP_CKSUM"),
    SCTP_CKSUM(4, "SCTP_CKSUM"),
    TCP_TSO(5, "TCP_TSO"),
    UDP_TSO(6, "UDP_TSO"),
    OUTER_IPV4_CKSUM(7, "OUTER_IPV4_CKSUM"),
    QINQ_INSERT(8, "QINQ_INSERT"),
    VXLAN_TNL_TSO(9, "VXLAN_TNL_TSO"),
    GRE_TNL_TSO(10, "GRE_TNL_TSO"),
    IPIP_TNL_TSO(11, "IPIP_TNL_TSO"),
    GENEVE_TNL_TSO(12, "GENEVE_TNL_TSO"),
    MACSEC_INSERT(13, "MACSEC_INSERT"),
    MT_LOCKFREE(14, "MT_LOCKFREE"),
    MULTI_SEGS(15, "MULTI_SEGS"),
    MBUF_FAST_FREE(16, "MBUF_FAST_FREE"),
    SECURITY(17, "SECURITY"),
    UDP_TNL_TSO(18, "UDP_TNL_TSO"),
    IP_TNL_TSO(19, "IP_TNL_TSO"),
    OUTER_UDP_CKSUM(20, "OUTER_UDP_CKSUM"),
    SEND_ON_TIMESTAMP(21, "SEND_ON_TIMESTAMP");

    private final long mask;
    private final String dpdkName;

    TxOffload(int bit, String name) {
        mask = 1L << bit;
        dpdkName = "RTE_ETH_TX_OFFLOAD_" + name;
    }

    /** The bit as a mask. */
    public long mask() {
        return mask;
    }

    /** Name of the macro in DPDK's headers. */
    public String dpdkName() {
        return dpdkName;
    }

    /** The masks of all, together. */
    public static long mask(Set<TxOffload> set) {
        long all = 0;
        for (TxOffload each : set) {
            all |= each.mask;
        }
        return all;
    }

    /** Those whose bits are set; bits that stand for none are ignored. Cannot be changed. */
    public static Set<TxOffload> of(long mask) {
        EnumSet<TxOffload> found = EnumSet.noneOf(TxOffload.class);
        for (TxOffload each : values()) {
            if ((mask & each.mask) != 0) {
                found.add(each);
            }
        }
        return Collections.unmodifiableSet(found);
    }
}
