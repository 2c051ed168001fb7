package dev.remora.dpdk.port;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a NIC or driver can do with a frame it receives. The bits are the same in the releases that are supported. */
public enum RxOffload {
    VLAN_STRIP(0, "VLAN_STRIP"),
    IPV4_CKSUM(1, "IPV4_CKSUM"),
    UDP_CKSUM(2, "UDP_CKSUM"),
    TCP_CKSUM(3, "TCP_CKSUM"),
    TCP_LRO(4, "TCP_LRO"),
    QINQ_STRIP(5, "QINQ_STRIP"),
    OUTER_IPV4_CKSUM(6, "OUTER_IPV4_CKSUM"),
    MACSEC_STRIP(7, "MACSEC_STRIP"),
    VLAN_FILTER(9, "VLAN_FILTER"),
    VLAN_EXTEND(10, "VLAN_EXTEND"),
    SCATTER(13, "SCATTER"),
    TIMESTAMP(14, "TIMESTAMP"),
    SECURITY(15, "SECURITY"),
    KEEP_CRC(16, "KEEP_CRC"),
    SCTP_CKSUM(17, "SCTP_CKSUM"),
    OUTER_UDP_CKSUM(18, "OUTER_UDP_CKSUM"),
    RSS_HASH(19, "RSS_HASH"),
    BUFFER_SPLIT(20, "BUFFER_SPLIT");

    private final long mask;
    private final String dpdkName;

    RxOffload(int bit, String name) {
        mask = 1L << bit;
        dpdkName = "RTE_ETH_RX_OFFLOAD_" + name;
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
    public static long mask(Set<RxOffload> set) {
        long all = 0;
        for (RxOffload each : set) {
            all |= each.mask;
        }
        return all;
    }

    /** Those whose bits are set; bits that stand for none are ignored. Cannot be changed. */
    public static Set<RxOffload> of(long mask) {
        EnumSet<RxOffload> found = EnumSet.noneOf(RxOffload.class);
        for (RxOffload each : values()) {
            if ((mask & each.mask) != 0) {
                found.add(each);
            }
        }
        return Collections.unmodifiableSet(found);
    }
}
