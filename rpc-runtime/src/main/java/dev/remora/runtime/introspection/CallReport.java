package dev.remora.runtime.introspection;

import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call at one moment. Immutable.
 *
 * @param side which side it was seen from
 * @param method {@code service/method}
 * @param peer address of the other side; empty if no server was picked
 * @param startedAtMs milliseconds since 1970
 * @param durationNs from its start to now, or to its end
 * @param timeoutNs from its start to its deadline; 0 if it has none
 * @param phases in their order, up to the one it is in or ended in
 * @param server what the server told of its side, at a client that has the answer
 * @param status how it ended, or was answered; null if it was not
 */
public record CallReport(
        Side side,
        String method,
        String peer,
        long startedAtMs,
        long durationNs,
        long timeoutNs,
        List<PhaseTime> phases,
        @Nullable ServerTimes server,
        @Nullable StatusCode status) {
    public CallReport {
        phases = List.copyOf(phases);
    }

    /** Where the time went, in one line of plain English. */
    public String explanation() {
        return Explanation.of(this);
    }
}
