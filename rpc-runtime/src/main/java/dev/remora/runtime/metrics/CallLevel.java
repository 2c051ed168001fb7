package dev.remora.runtime.metrics;

/** What rises and falls, per method. */
public enum CallLevel {
    BREAKERS_OPEN(Side.CLIENT, "breakers-open", "circuit breakers that are open now, one per channel"),
    BREAKERS_HALF_OPEN(
            Side.CLIENT,
            "breakers-half-open",
            "circuit breakers that are half open now: they try whether it works again"),
    WAITING(Side.SERVER, "waiting", "calls that wait now for a place among those in progress");

    private final Side side;
    private final String word;
    private final String meaning;

    CallLevel(Side side, String word, String meaning) {
        this.side = side;
        this.word = word;
        this.meaning = meaning;
    }

    /** The end that has it. */
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
