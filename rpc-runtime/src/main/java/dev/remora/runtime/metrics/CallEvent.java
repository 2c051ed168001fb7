package dev.remora.runtime.metrics;

/** What can happen to a call besides its end, counted per method. */
public enum CallEvent {
    RETRY(Side.CLIENT, "retries", "attempts made after another one failed"),
    HEDGE(Side.CLIENT, "hedges", "attempts made while another one was under way"),
    HEDGE_WIN(Side.CLIENT, "hedge-wins", "calls whose answer was that of a hedge"),
    ATTEMPT_TIMEOUT(Side.CLIENT, "attempt-timeouts", "attempts given up because of retry.attempt-timeout"),
    BUDGET_EXHAUSTED(
            Side.CLIENT, "retry-budget-exhausted", "retries and hedges not made because the budget was used up"),
    BREAKER_OPENED(Side.CLIENT, "breaker-opened", "times that the circuit breaker opened"),
    BREAKER_REFUSED(Side.CLIENT, "breaker-refused", "calls not sent because the circuit breaker was open"),
    QUEUED(Side.SERVER, "queued", "calls that waited for a place among those in progress"),
    REFUSED_CONCURRENCY(Side.SERVER, "refused-concurrency", "calls refused: as many in progress as may be"),
    REFUSED_METHOD(Side.SERVER, "refused-method", "calls refused: as many of the method in progress as may be"),
    REFUSED_BYTES(Side.SERVER, "refused-bytes", "calls refused: as many bytes in progress as may be"),
    REFUSED_QUEUE_FULL(
            Side.SERVER, "refused-queue-full", "calls refused: the queue was full and others were served first"),
    REFUSED_DEADLINE(Side.SERVER, "refused-deadline", "calls refused: they could not have ended in time"),
    REFUSED_WAIT(Side.SERVER, "refused-wait", "calls refused: they had waited for queue.max-wait"),
    LEFT_QUEUE(Side.SERVER, "left-queue", "calls cancelled or expired while they waited");

    private final Side side;
    private final String word;
    private final String meaning;

    CallEvent(Side side, String word, String meaning) {
        this.side = side;
        this.word = word;
        this.meaning = meaning;
    }

    /** The end at which it can happen. */
    public Side side() {
        return side;
    }

    /** As it stands in the names of metrics. */
    public String word() {
        return word;
    }

    /** For documentation. */
    public String meaning() {
        return meaning;
    }
}
