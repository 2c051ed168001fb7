package dev.remora.dpdk;

/** Whether DPDK's memory is in hugepages. They spare TLB misses; virtual devices work without. */
public enum HugepagePolicy {
    /** In hugepages if enough are free, else without. */
    AUTO,
    /** Refuse to start without. */
    REQUIRED,
    /** Never. */
    NONE
}
