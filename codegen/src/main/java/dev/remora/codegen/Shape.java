package dev.remora.codegen;

/** Which sides of a method are streams; names as in MethodDescriptor.Shape. */
enum Shape {
    UNARY,
    CLIENT_STREAMING,
    SERVER_STREAMING,
    BIDI_STREAMING;

    static Shape of(boolean clientStreams, boolean serverStreams) {
        if (clientStreams) {
            return serverStreams ? BIDI_STREAMING : CLIENT_STREAMING;
        }
        return serverStreams ? SERVER_STREAMING : UNARY;
    }
}
