package dev.remora.bench.echo;

import java.util.Locale;

/** How the client makes its calls. */
enum CallStyle {
    /** A caller that blocks at one outstanding call, callbacks at more: what a user of each contender would write. */
    AUTO,
    /** One thread per outstanding call, blocked in it. */
    BLOCKING,
    /** Callbacks that start the next call; contenders without them block. */
    CALLBACK;

    /** What it means for one case. */
    boolean blocks(int outstanding) {
        return this == BLOCKING || (this == AUTO && outstanding == 1);
    }

    /** As written in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
