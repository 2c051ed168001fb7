package dev.remora.cli.top;

/** What came of asking a process. */
sealed interface Answer {
    /** It told its metrics. */
    record Metrics(Page page) implements Answer {}

    /** It did not; {@code why} is for its row. */
    record Trouble(String why) implements Answer {}
}
