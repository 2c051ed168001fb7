package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Frames the kernel threw away since our buffer was full. It forgets the number when asked, so here it is added up. */
final class Overflow {
    private final int fd;
    private long total;
    private boolean closed;

    Overflow(int fd) {
        this.fd = fd;
    }

    synchronized long total() {
        if (!closed) {
            total += sinceLastTime();
        }
        return total;
    }

    /** Before the socket is closed: its number may be another file's soon. */
    synchronized void close() {
        total();
        closed = true;
    }

    private long sinceLastTime() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Abi.TPACKET_STATS_BYTES, 8);
            MemorySegment bytes = arena.allocateFrom(JAVA_INT, Abi.TPACKET_STATS_BYTES);
            int error = new SystemCalls(arena)
                    .getsockopt(fd, Abi.SOL_PACKET, Abi.PACKET_STATISTICS, value.address(), bytes.address());
            return error < 0 ? 0 : Integer.toUnsignedLong(value.get(JAVA_INT, Abi.TPACKET_STATS__DROPS));
        }
    }
}
