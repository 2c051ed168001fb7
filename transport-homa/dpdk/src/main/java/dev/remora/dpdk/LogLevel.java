package dev.remora.dpdk;

/** How much DPDK logs; the numbers are DPDK's. */
public enum LogLevel {
    ERROR(4),
    WARNING(5),
    NOTICE(6),
    INFO(7),
    DEBUG(8);

    private final int number;

    LogLevel(int number) {
        this.number = number;
    }

    /** DPDK's number for it. */
    public int number() {
        return number;
    }
}
