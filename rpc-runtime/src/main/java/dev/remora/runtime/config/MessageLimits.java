package dev.remora.runtime.config;

/** What the limits themselves are limited to. */
final class MessageLimits {
    /** Messages have int sizes and share their buffer with an envelope. A transport may carry less. */
    static final long MAX_MESSAGE_BYTES = 1L << 30;

    /** Metadata is for tokens and trace ids; payload belongs into the message. */
    static final long MAX_METADATA_BYTES = 64L << 10;

    private MessageLimits() {}
}
