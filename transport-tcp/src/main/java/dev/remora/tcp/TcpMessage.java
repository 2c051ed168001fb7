package dev.remora.tcp;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.buffer.ByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * A message of this transport.
 *
 * <p>Small ones are plain arrays: cheaper than any pool, protobuf reads and writes an array in place, and the writer
 * copies many of them into one buffer for one system call. Large outgoing ones are pooled direct memory with room for
 * the header in front, which the kernel reads without another copy. Large incoming ones are pooled arrays: without
 * sun.misc.Unsafe protobuf would first copy direct memory into a new array.
 */
abstract sealed class TcpMessage implements MessageBuffer permits HeapMessage, PooledMessage {
    /** Up to here a copy is cheaper than a buffer of its own in the socket's queue. */
    static final int SMALL_BYTES = 8 * 1024;

    private static final VarHandle GONE;

    static {
        try {
            GONE = MethodHandles.lookup().findVarHandle(TcpMessage.class, "gone", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through GONE
    private volatile boolean gone;

    /** A message to be sent. */
    static TcpMessage allocate(ByteBufAllocator allocator, int size, int maxBytes) {
        if (size < 0) {
            throw new IllegalArgumentException("a message of " + size + " bytes");
        }
        if (size > maxBytes) {
            throw new TransportException(
                    Reason.TOO_LARGE,
                    "a message of " + size + " bytes exceeds the limit of " + maxBytes
                            + " bytes; raise tcp.max-message on both sides or send less");
        }
        return size <= SMALL_BYTES
                ? new HeapMessage(new byte[size])
                : new PooledMessage(
                        allocator.directBuffer(TcpFrame.HEADER_BYTES + size, TcpFrame.HEADER_BYTES + size),
                        TcpFrame.HEADER_BYTES,
                        size);
    }

    /** Takes a buffer that the application hands over. */
    static TcpMessage take(MessageBuffer buffer) {
        if (!(buffer instanceof TcpMessage message)) {
            throw new IllegalArgumentException("a buffer of "
                    + buffer.getClass().getName() + ": use one that allocate() of the tcp transport gave");
        }
        message.end();
        return message;
    }

    private void end() {
        if (!GONE.compareAndSet(this, false, true)) {
            throw new IllegalStateException("this buffer was released or handed over already");
        }
    }

    @Override
    public final ByteBuffer bytes() {
        if (gone) {
            throw new IllegalStateException("this buffer was released or handed over already");
        }
        return view();
    }

    @Override
    public final void release() {
        end();
        free();
    }

    abstract ByteBuffer view();

    /** Gives the memory back; for the one that took the message. */
    abstract void free();
}
