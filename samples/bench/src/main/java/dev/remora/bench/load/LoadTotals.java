package dev.remora.bench.load;

/**
 * What became of the calls that were due within the measured time. Each of them has ended well, has failed or is unfinished:
 * {@code due = calls + failures + unfinished}.
 *
 * @param due calls
 * @param dueBytes of their requests and responses, whatever became of them
 * @param calls that ended well, also those that did after the measured time
 * @param requestBytes of those that ended well
 * @param responseBytes of those that ended well
 * @param failures calls that ended otherwise
 * @param unfinished calls without an end when the wait for it was over, and those that could not begin until then
 * @param delayed calls that began late, as too many were outstanding when they were due
 * @param repeated outcomes that were told to a call that had one already; above 0 the service's {@link Call} is wrong
 */
public record LoadTotals(
        long due,
        long dueBytes,
        long calls,
        long requestBytes,
        long responseBytes,
        long failures,
        long unfinished,
        long delayed,
        long repeated) {
    public LoadTotals {
        if (Math.min(Math.min(calls, failures), Math.min(unfinished, Math.min(delayed, repeated))) < 0
                || Math.min(dueBytes, Math.min(requestBytes, responseBytes)) < 0
                || due != calls + failures + unfinished) {
            throw new IllegalArgumentException("totals that cannot be: due " + due + ", calls " + calls + ", failures "
                    + failures + ", unfinished " + unfinished + ", delayed " + delayed);
        }
    }

    LoadTotals plus(LoadTotals other) {
        return new LoadTotals(
                due + other.due,
                dueBytes + other.dueBytes,
                calls + other.calls,
                requestBytes + other.requestBytes,
                responseBytes + other.responseBytes,
                failures + other.failures,
                unfinished + other.unfinished,
                delayed + other.delayed,
                repeated + other.repeated);
    }
}
