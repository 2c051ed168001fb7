package dev.remora.homa.protocol.peer;

/**
 * How long a peer takes to answer a request that was sent: four of five answers of late began sooner. What stands in queues on the
 * way is in it, and what short handlers take; of long ones the peer says that it is busy, and they are left out.
 */
public final class AnswerTime {
    /** Four steps down make up for one up, so that many samples are below. */
    private static final int UP = 4;

    private static final int DOWN = 16;

    private long ns;

    /** @param sampleNs from the last byte of a request to the first of its response; one that is not positive is ignored */
    public void onSample(long sampleNs) {
        if (sampleNs <= 0) {
            return;
        }
        if (ns == 0) {
            ns = sampleNs;
        } else if (sampleNs > ns) {
            ns = Math.min(sampleNs, ns + ns / UP + 1);
        } else {
            ns = Math.max(sampleNs, ns - ns / DOWN);
        }
    }

    /** 0 if there is no sample yet. */
    public long ns() {
        return ns;
    }

    void reset() {
        ns = 0;
    }
}
