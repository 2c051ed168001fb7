package dev.remora.api;

/** How a message is made smaller on its way. */
public enum Compression {
    /** As it is. */
    NONE,
    /** The format of RFC 1952, by the JDK's own deflate. */
    GZIP
}
