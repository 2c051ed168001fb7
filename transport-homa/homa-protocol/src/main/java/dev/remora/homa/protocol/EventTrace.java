package dev.remora.homa.protocol;

/**
 * The last N things that happened, in a ring of primitive arrays: recording costs a few stores and never allocates. A ring
 * of size 0 records nothing.
 */
public final class EventTrace {
    /** What is recorded; {@code a} and {@code b} of an entry mean what is said here. */
    public enum Kind {
        /** a = length, b = unscheduled bytes. */
        REQUEST_SENT,
        /** a = length, b = unscheduled bytes. */
        RESPONSE_SENT,
        /** a = offset, b = bytes. */
        DATA_SENT,
        /** a = offset, b = bytes. */
        DATA_RECEIVED,
        /** a = offset granted, b = level. */
        GRANT_SENT,
        /** a = offset granted, b = level. */
        GRANT_RECEIVED,
        /** a = offset, b = length, -1 = all. */
        RESEND_SENT,
        /** a = offset, b = length, -1 = all. */
        RESEND_RECEIVED,
        /** a = packet type, b = 0. */
        CONTROL_RECEIVED,
        /** a = length, b = 0. */
        MESSAGE_COMPLETE,
        /** a = ordinal of the {@link RpcError}, b = 0. */
        RPC_ENDED
    }

    /** Receives entries, oldest first. */
    public interface Reader {
        void entry(long timeNs, Kind kind, long rpcId, int a, int b);
    }

    private static final Kind[] KINDS = Kind.values();

    private final long[] times;
    private final long[] ids;
    private final int[] kinds;
    private final int[] as;
    private final int[] bs;
    private long written;

    EventTrace(int size) {
        times = new long[size];
        ids = new long[size];
        kinds = new int[size];
        as = new int[size];
        bs = new int[size];
    }

    void record(long nowNs, Kind kind, long rpcId, int a, int b) {
        int size = times.length;
        if (size == 0) {
            return;
        }
        int at = (int) (written++ % size);
        times[at] = nowNs;
        kinds[at] = kind.ordinal();
        ids[at] = rpcId;
        as[at] = a;
        bs[at] = b;
    }

    /** Hands out the entries of one RPC, or of all when {@code rpcId} is 0. The two ends of an RPC differ in bit 0. */
    public void read(long rpcId, Reader reader) {
        int size = times.length;
        for (long i = Math.max(0, written - size); i < written; i++) {
            int at = (int) (i % size);
            if (rpcId == 0 || ids[at] == rpcId) {
                reader.entry(times[at], KINDS[kinds[at]], ids[at], as[at], bs[at]);
            }
        }
    }
}
