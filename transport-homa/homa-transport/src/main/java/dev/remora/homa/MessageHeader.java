package dev.remora.homa;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header in front of every Homa message. One per engine, used again for each message.
 *
 * <p>Here only the form is checked; whether lengths and offsets fit together is checked by who uses them.
 */
final class MessageHeader {
    /** The longest header. */
    static final int MAX_BYTES = 17;

    private long token;
    private int total;
    private int offset;

    /**
     * Reads a header; the buffer's position is behind it then.
     *
     * @return null when it is none of ours, or is cut short, or followed by bytes where none may be
     */
    @Nullable
    MessageKind read(ByteBuffer bytes) {
        token = 0;
        total = 0;
        offset = 0;
        int length = bytes.remaining();
        if (length < 1) {
            return null;
        }
        MessageKind kind = MessageKind.of(bytes.get());
        if (kind == null || length < kind.headerBytes() || (!kind.bytesFollow() && length > kind.headerBytes())) {
            return null;
        }
        switch (kind) {
            case REQUEST_PART -> {
                token = bytes.getLong();
                total = bytes.getInt();
                offset = bytes.getInt();
            }
            case PULL -> {
                token = bytes.getLong();
                offset = bytes.getInt();
            }
            case RESPONSE_FIRST -> {
                token = bytes.getLong();
                total = bytes.getInt();
            }
            case CANCEL_RPC, CANCEL_PARTS, DISCARD -> token = bytes.getLong();
            case TOO_LARGE -> total = bytes.getInt();
            default -> {}
        }
        return kind;
    }

    /** Token, or for {@link MessageKind#CANCEL_RPC} the RPC's id. */
    long token() {
        return token;
    }

    /** Length of the whole message, or the limit of {@link MessageKind#TOO_LARGE}; any value. */
    int total() {
        return total;
    }

    /** Any value. */
    int offset() {
        return offset;
    }
}
