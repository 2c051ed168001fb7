package dev.remora.tcp;

/** What a {@link FrameReader} delivers to. On the event loop. May throw {@link ProtocolViolation}. */
interface FrameSink {
    /** The first frame. */
    void onHello(int version, int role, long maxMessageBytes);

    /** A frame with a message, which the sink owns. */
    void onMessage(long rpcId, TcpMessage message);

    /** A frame without payload. */
    void onControl(byte type, int code, long rpcId);
}
