package dev.remora.runtime.stream;

/**
 * A stream's place at its server. It no longer counts for the bounds once its handler has ended and its end is decided: a client
 * that hears of the end may open the next stream. A drain waits until that end has been handed to the transport, too. For any
 * thread; each event any number of times.
 */
final class StreamPlace {
    private final ServerStreams streams;
    private final StreamId id;
    private boolean handlerEnded;
    private boolean over;
    private boolean answered;
    private boolean left;
    private boolean freed;

    StreamPlace(ServerStreams streams, StreamId id) {
        this.streams = streams;
        this.id = id;
    }

    void handlerEnded() {
        update(true, false, false);
    }

    /** It is decided how the exchange with the client ends. */
    void over() {
        update(false, true, false);
    }

    /** Nothing more is to be sent of it. */
    void answered() {
        update(false, true, true);
    }

    private void update(boolean handlerEndsNow, boolean overNow, boolean answeredNow) {
        boolean leaves;
        boolean frees;
        synchronized (this) {
            handlerEnded |= handlerEndsNow;
            over |= overNow;
            answered |= answeredNow;
            leaves = handlerEnded && over && !left;
            left |= leaves;
            frees = left && answered && !freed;
            freed |= frees;
        }
        if (leaves) {
            streams.leave(id);
        }
        if (frees) {
            streams.free();
        }
    }
}
