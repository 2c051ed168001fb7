package dev.remora.homa;

import org.jspecify.annotations.Nullable;

/**
 * What a Homa message of ours is: its first byte. A kind never changes its form; another form is another kind.
 *
 * <p>Requests: {@link #REQUEST} to {@link #DISCARD}; the rest are responses.
 */
enum MessageKind {
    /** A whole request follows. */
    REQUEST(1, 0, true),
    /** Token, length of the whole request, offset; a part of it follows. */
    REQUEST_PART(2, 16, true),
    /** The id of an RPC whose caller has given it up. */
    CANCEL_RPC(3, 8, false),
    /** The token of parts whose caller has given up. */
    CANCEL_PARTS(4, 8, false),
    /** Token and offset: asks for the next part of a large response. */
    PULL(5, 12, false),
    /** The token of a large response that is not wanted any more. */
    DISCARD(6, 8, false),

    /** The whole response follows. */
    RESPONSE(65, 0, true),
    /** Token and length of the whole response; its first part follows. */
    RESPONSE_FIRST(66, 12, true),
    /** A part of a large response, the answer to {@link #PULL}. */
    PART(67, 0, true),
    /** Done; nothing to say. */
    ACCEPTED(68, 0, false),
    /** Not executed: the server is draining. */
    REFUSED(69, 0, false),
    /** Not executed: the server has no room. */
    FULL(70, 0, false),
    /** The server ended the exchange without a response. */
    ABORTED(71, 0, false),
    /** The server has closed during the exchange. */
    LOST(72, 0, false),
    /** Not executed: the request is larger than the limit that follows. */
    TOO_LARGE(73, 4, false),
    /** Nothing is known (any more) of this token. */
    UNKNOWN(74, 0, false),
    /** The request was not understood. */
    MALFORMED(75, 0, false);

    private static final @Nullable MessageKind[] BY_CODE = new @Nullable MessageKind[256];

    static {
        for (MessageKind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final int code;
    private final int headerBytes;
    private final boolean bytesFollow;

    MessageKind(int code, int fieldBytes, boolean bytesFollow) {
        this.code = code;
        this.headerBytes = 1 + fieldBytes;
        this.bytesFollow = bytesFollow;
    }

    static @Nullable MessageKind of(byte code) {
        return BY_CODE[code & 0xff];
    }

    byte code() {
        return (byte) code;
    }

    /** The kind byte and the fields. */
    int headerBytes() {
        return headerBytes;
    }

    /** Whether anything may follow the header. */
    boolean bytesFollow() {
        return bytesFollow;
    }
}
