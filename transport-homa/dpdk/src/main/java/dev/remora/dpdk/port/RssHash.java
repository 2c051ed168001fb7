package dev.remora.dpdk.port;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Kinds of packets whose header fields a NIC hashes to choose a queue. The bits are the same in the releases that are supported. */
public enum RssHash {
    IPV4(2, "IPV4"),
    IPV4_FRAGMENT(3, "FRAG_IPV4"),
    IPV4_TCP(4, "NONFRAG_IPV4_TCP"),
    IPV4_UDP(5, "NONFRAG_IPV4_UDP"),
    IPV4_SCTP(6, "NONFRAG_IPV4_SCTP"),
    IPV4_OTHER(7, "NONFRAG_IPV4_OTHER"),
    IPV6(8, "IPV6"),
    IPV6_FRAGMENT(9, "FRAG_IPV6"),
    IPV6_TCP(10, "NONFRAG_IPV6_TCP"),
    IPV6_UDP(11, "NONFRAG_IPV6_UDP"),
    IPV6_SCTP(12, "NONFRAG_IPV6_SCTP"),
    IPV6_OTHER(13, "NONFRAG_IPV6_OTHER"),
    L2_PAYLOAD(14, "L2_PAYLOAD"),
    IPV6_EX(15, "IPV6_EX"),
    IPV6_TCP_EX(16, "IPV6_TCP_EX"),
    IPV6_UDP_EX(17, "IPV6_UDP_EX"),
    PORT(18, "PORT"),
    VXLAN(19, "VXLAN"),
    GENEVE(20, "GENEVE"),
    NVGRE(21, "NVGRE"),
    GTPU(23, "GTPU"),
    ETH(24, "ETH"),
    S_VLAN(25, "S_VLAN"),
    C_VLAN(26, "C_VLAN"),
    ESP(27, "ESP"),
    AH(28, "AH"),
    L2TPV3(29, "L2TPV3"),
    PFCP(30, "PFCP"),
    PPPOE(31, "PPPOE"),
    ECPRI(32, "ECPRI"),
    MPLS(33, "MPLS"),
    IPV4_CHKSUM(34, "IPV4_CHKSUM"),
    L4_CHKSUM(35, "L4_CHKSUM"),
    L2TPV2(36, "L2TPV2");

    private final long mask;
    private final String dpdkName;

    RssHash(int bit, String name) {
        mask = 1L << bit;
        dpdkName = "RTE_ETH_RSS_" + name;
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
    public static long mask(Set<RssHash> set) {
        long all = 0;
        for (RssHash each : set) {
            all |= each.mask;
        }
        return all;
    }

    /** Those whose bits are set; bits that stand for none are ignored. Cannot be changed. */
    public static Set<RssHash> of(long mask) {
        EnumSet<RssHash> found = EnumSet.noneOf(RssHash.class);
        for (RssHash each : values()) {
            if ((mask & each.mask) != 0) {
                found.add(each);
            }
        }
        return Collections.unmodifiableSet(found);
    }
}
