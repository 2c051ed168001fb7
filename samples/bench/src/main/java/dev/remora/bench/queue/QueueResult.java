package dev.remora.bench.queue;

/**
 * What became of the calls of one run. A slowdown is the time of a call divided by that of its handler.
 *
 * @param calls that were made and count
 * @param answered of those
 * @param small of the smaller half of the requests
 * @param large of the largest tenth
 */
record QueueResult(String order, double load, long calls, long answered, Times small, Times large, Times all) {
    /** Of some calls that were answered; 0 without any. */
    record Times(double meanSlowdown, double p50Slowdown, double p99Slowdown, double p50Ms, double p99Ms) {}

    double answeredShare() {
        return calls == 0 ? 0 : (double) answered / calls;
    }
}
