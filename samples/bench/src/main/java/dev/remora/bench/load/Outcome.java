package dev.remora.bench.load;

/** Gets the end of one call: exactly one of the two, once. For any thread; never blocks for long. */
public interface Outcome {
    /** The whole response has arrived. */
    void succeeded();

    /** There will be no response. */
    void failed(Throwable cause);
}
