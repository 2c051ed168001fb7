package dev.remora.dpdk.doctor;

/** How much a finding matters. */
public enum Status {
    /** As it should be. */
    OK,
    /** Works; worth knowing, or needed for some ways of running only. */
    NOTE,
    /** Works worse than it could, or will surprise. */
    WARNING,
    /** Closes a way of running that most will want. */
    PROBLEM
}
