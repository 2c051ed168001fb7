package dev.remora.runtime.attempt;

import dev.remora.api.Deadline;
import dev.remora.runtime.balance.TriedPeers;
import org.jspecify.annotations.Nullable;

/** What the channel that sends an attempt has to know of it, and tells it. */
public interface Attempt {
    /** When it began, on the {@link System#nanoTime} scale. */
    long startNs();

    /** Until when this attempt may take; null if nothing bounds it. */
    @Nullable
    Deadline deadline();

    /** Servers that attempts of the same call went to; the one of this attempt is added when it is chosen. */
    TriedPeers tried();

    /**
     * It has ended, and its listener hears of it next.
     *
     * @param requestBytes size of the message, {@link dev.remora.runtime.metrics.MethodMetrics#NO_MESSAGE} if there was none
     * @param responseBytes likewise
     * @param endNs when, on the {@link System#nanoTime} scale
     */
    void measured(int requestBytes, int responseBytes, long endNs);
}
