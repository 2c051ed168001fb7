package dev.remora.bench.load;

import java.time.Duration;

/**
 * Which calls to make. Everything random in it follows from the seed, so two runs of one plan ask for the same sizes, at the same
 * times, of the same targets, whichever transport carries them: see {@link Arrivals}.
 *
 * @param sizes of the requests
 * @param callsPerSecond mean of a Poisson process, above 0 and at most 10 million; a closed loop has no use for it, and takes 0
 * @param seed of sizes, gaps and targets
 * @param targets how many there are to choose from, evenly; 1 at least
 * @param startEpochNs when it begins, in nanoseconds since 1970, so that several processes begin together; 0 = at once
 * @param warmUpNs how long calls are made before those that count; 0 at least
 * @param measureNs how long calls are made that count; at most an hour
 * @param maxOutstanding calls under way at most, 1 to 1,000,000; those beyond are delayed, but still timed from when they were due
 * @param responseBytes size of every response; 0 = as large as its request
 */
public record LoadPlan(
        SizeDistribution sizes,
        double callsPerSecond,
        long seed,
        int targets,
        long startEpochNs,
        long warmUpNs,
        long measureNs,
        int maxOutstanding,
        int responseBytes) {
    static final long MAX_MEASURE_NS = 3_600_000_000_000L;

    private static final double MAX_CALLS_PER_SECOND = 1e7;
    private static final int MAX_OUTSTANDING = 1_000_000;
    private static final long MAX_WARM_UP_NS = 3_600_000_000_000L;
    /** What makes the seeds of clients differ; odd, so that all are different. */
    private static final long CLIENT_STEP = 0x9E3779B97F4A7C15L;

    public LoadPlan {
        check(
                callsPerSecond >= 0 && callsPerSecond <= MAX_CALLS_PER_SECOND,
                "callsPerSecond",
                callsPerSecond,
                "0 to 1e7");
        check(targets >= 1, "targets", targets, "1 or more");
        check(startEpochNs >= 0, "startEpochNs", startEpochNs, "0 for at once, or a time");
        check(warmUpNs >= 0 && warmUpNs <= MAX_WARM_UP_NS, "warmUpNs", warmUpNs, "0 to an hour");
        check(measureNs > 0 && measureNs <= MAX_MEASURE_NS, "measureNs", measureNs, "above 0, at most an hour");
        check(
                maxOutstanding >= 1 && maxOutstanding <= MAX_OUTSTANDING,
                "maxOutstanding",
                maxOutstanding,
                "1 to " + MAX_OUTSTANDING);
        check(responseBytes >= 0, "responseBytes", responseBytes, "0 for an echo, or a size");
    }

    /** Begins at once, with seed 1, one target, no warm-up, at most 1000 calls outstanding, and echoes. */
    public static LoadPlan of(SizeDistribution sizes, double callsPerSecond, Duration measured) {
        return new LoadPlan(sizes, callsPerSecond, 1, 1, 0, 0, measured.toNanos(), 1_000, 0);
    }

    public LoadPlan withSeed(long newSeed) {
        return new LoadPlan(
                sizes,
                callsPerSecond,
                newSeed,
                targets,
                startEpochNs,
                warmUpNs,
                measureNs,
                maxOutstanding,
                responseBytes);
    }

    public LoadPlan withTargets(int newTargets) {
        return new LoadPlan(
                sizes,
                callsPerSecond,
                seed,
                newTargets,
                startEpochNs,
                warmUpNs,
                measureNs,
                maxOutstanding,
                responseBytes);
    }

    public LoadPlan startingAt(long epochNs) {
        return new LoadPlan(
                sizes, callsPerSecond, seed, targets, epochNs, warmUpNs, measureNs, maxOutstanding, responseBytes);
    }

    public LoadPlan withWarmUp(Duration warmUp) {
        return new LoadPlan(
                sizes,
                callsPerSecond,
                seed,
                targets,
                startEpochNs,
                warmUp.toNanos(),
                measureNs,
                maxOutstanding,
                responseBytes);
    }

    public LoadPlan withMaxOutstanding(int calls) {
        return new LoadPlan(
                sizes, callsPerSecond, seed, targets, startEpochNs, warmUpNs, measureNs, calls, responseBytes);
    }

    public LoadPlan withResponseBytes(int bytes) {
        return new LoadPlan(
                sizes, callsPerSecond, seed, targets, startEpochNs, warmUpNs, measureNs, maxOutstanding, bytes);
    }

    /**
     * The part of one of several clients: its share of the calls and a seed of its own. Together they are a Poisson process of
     * {@link #callsPerSecond}. The limit on outstanding calls is each client's.
     *
     * @param client from 0
     */
    public LoadPlan part(int client, int clients) {
        if (client < 0 || client >= clients) {
            throw new IllegalArgumentException("client " + client + " of " + clients + ": they are counted from 0");
        }
        return new LoadPlan(
                sizes,
                callsPerSecond / clients,
                seed + client * CLIENT_STEP,
                targets,
                startEpochNs,
                warmUpNs,
                measureNs,
                maxOutstanding,
                responseBytes);
    }

    /** Bytes to ask for in answer to a request of so many. */
    int responseBytesFor(int requestBytes) {
        return responseBytes == 0 ? requestBytes : responseBytes;
    }

    private static void check(boolean holds, String what, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is " + value + ", it must be " + allowed);
        }
    }
}
