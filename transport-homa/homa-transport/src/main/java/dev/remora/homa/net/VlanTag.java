package dev.remora.homa.net;

/**
 * The 802.1Q tag of our frames, for switches that go by it and not by the priority in the IP header.
 *
 * @param vlan id of the VLAN, 1 to 4094; 0 for none: then the tag, if there is one, carries only a priority
 * @param priority whether the tag carries the Homa level as its priority (PCP); else 0
 */
public record VlanTag(int vlan, boolean priority) {
    /** Frames without a tag. */
    public static final VlanTag NONE = new VlanTag(0, false);

    /** 4095 is reserved. */
    public static final int MAX_VLAN = 4094;

    public VlanTag {
        if (vlan < 0 || vlan > MAX_VLAN) {
            throw new IllegalArgumentException("VLAN " + vlan + " is outside 0 to " + MAX_VLAN);
        }
    }

    /** Whether frames have a tag at all. */
    boolean isSent() {
        return vlan != 0 || priority;
    }

    /**
     * The priority for a traffic class of the IP header, which has the level in its three upper bits. 802.1Q ranks its
     * priority 1 (background) below 0 (best effort), so the two lowest levels change places.
     */
    int priorityOf(int trafficClass) {
        if (!priority) {
            return 0;
        }
        int level = trafficClass >>> 5;
        return level < 2 ? 1 - level : level;
    }
}
