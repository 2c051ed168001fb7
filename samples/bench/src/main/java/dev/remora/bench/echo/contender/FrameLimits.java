package dev.remora.bench.echo.contender;

import java.io.IOException;

/** The bound of the opponents' own frames: a length of four bytes, then the message. */
final class FrameLimits {
    static final int HEADER_BYTES = 4;
    static final int MAX_MESSAGE_BYTES = 64 << 20;

    private FrameLimits() {}

    /** Checks a length that came from the network. */
    static int checked(int length) throws IOException {
        if (length < 0 || length > MAX_MESSAGE_BYTES) {
            throw new IOException("frame length " + length + " is outside 0 to " + MAX_MESSAGE_BYTES);
        }
        return length;
    }
}
