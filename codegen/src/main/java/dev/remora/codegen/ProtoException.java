package dev.remora.codegen;

/** The input cannot be turned into Java. The message is for the user and begins with the place, if there is one. */
final class ProtoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtoException(String message) {
        super(message);
    }
}
