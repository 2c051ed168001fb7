package dev.remora.bench.stream;

import java.util.Locale;

/** Who sends. */
enum Direction {
    /** The server. */
    DOWNLOAD,
    /** The client. */
    UPLOAD;

    /** As written in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
