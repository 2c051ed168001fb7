package dev.remora.runtime.envelope;

/** Bytes of the network that are not an envelope. The message says what is wrong and at which byte. */
public final class MalformedEnvelopeException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedEnvelopeException(String message) {
        // Hostile peers can make many of these: no stack trace.
        super(message, null, false, false);
    }
}
