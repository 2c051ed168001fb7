package dev.remora.tcp;

/** The peer sent bytes that the protocol does not allow; says which. Without a stack: it tells nothing about the peer. */
final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(message, null, false, false);
    }
}
