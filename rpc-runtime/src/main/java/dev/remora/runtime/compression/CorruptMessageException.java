package dev.remora.runtime.compression;

/** Bytes of the network that are not a compressed message of the size that was announced. The message says what is wrong. */
public final class CorruptMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    CorruptMessageException(String message) {
        // Hostile peers can make many of these: no stack trace.
        super(message, null, false, false);
    }
}
