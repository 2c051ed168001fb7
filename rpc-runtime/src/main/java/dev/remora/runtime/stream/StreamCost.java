package dev.remora.runtime.stream;

/** What credit is counted in; part of the protocol. */
final class StreamCost {
    /** Added to each message's bytes, so that empty messages cannot be sent without end. */
    static final int PER_MESSAGE = 32;

    /** What a client may send before the server has told it more. */
    static final long INITIAL_LIMIT = 64L << 10;

    private StreamCost() {}

    static long of(int bytes) {
        return (long) bytes + PER_MESSAGE;
    }
}
