package dev.remora.homa.sim.net;

/** The packet memory of a switch, shared by its ports; who comes when it is full is dropped. */
public final class SharedBuffer {
    private final long capacity;
    private long used;
    private long drops;

    public SharedBuffer(long capacity) {
        this.capacity = capacity;
    }

    boolean reserve(int bytes) {
        if (used + bytes > capacity) {
            drops++;
            return false;
        }
        used += bytes;
        return true;
    }

    void free(int bytes) {
        used -= bytes;
    }

    public long used() {
        return used;
    }

    /** Packets that found no room. */
    public long drops() {
        return drops;
    }
}
