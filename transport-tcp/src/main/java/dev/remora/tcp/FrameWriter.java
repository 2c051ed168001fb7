package dev.remora.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames on one connection. Event loop only. Small frames are gathered in one buffer, so that many make one entry in
 * the socket's queue and one system call; a large one goes as it is, its header written into the room in front of it.
 */
final class FrameWriter {
    /** Netty's per-thread cache keeps buffers of up to 32 KiB. */
    private static final int BATCH_BYTES = 16 * 1024;

    /** Beyond this the socket gets its first bytes while the rest is being written. */
    private static final int EARLY_FLUSH_BYTES = 64 * 1024;

    private final Channel channel;
    private final Counters counters;
    private @Nullable ByteBuf batch;
    private @Nullable ByteBuffer batchOut;
    private int unflushedBytes;
    private long frames;
    private boolean dirty;
    private boolean closed;

    FrameWriter(Channel channel, Counters counters) {
        this.channel = channel;
        this.counters = counters;
    }

    boolean dirty() {
        return dirty;
    }

    void hello(int role, long maxMessageBytes) {
        ByteBuffer out = room(TcpFrame.HEADER_BYTES + TcpFrame.HELLO_BYTES);
        header(out, TcpFrame.HELLO_BYTES, TcpFrame.HELLO, 0, 0);
        out.putInt(TcpFrame.MAGIC);
        out.putShort((short) TcpFrame.VERSION).put((byte) role).put((byte) 0);
        out.putLong(maxMessageBytes);
    }

    void control(byte type, int code, long rpcId) {
        if (closed) {
            return;
        }
        header(room(TcpFrame.HEADER_BYTES), 0, type, code, rpcId);
    }

    /** Sends a message and gives its memory back when that is done. */
    void message(byte type, long rpcId, TcpMessage message) {
        if (closed) {
            message.free();
            return;
        }
        switch (message) {
            case HeapMessage small -> {
                ByteBuffer out = room(TcpFrame.HEADER_BYTES + small.size());
                header(out, small.size(), type, 0, rpcId);
                out.put(small.array());
            }
            case PooledMessage large -> {
                seal();
                ByteBuf memory = large.memory();
                memory.setInt(0, large.size());
                memory.setByte(4, type);
                memory.setByte(5, 0);
                memory.setShort(6, 0);
                memory.setLong(8, rpcId);
                memory.setIndex(0, TcpFrame.HEADER_BYTES + large.size());
                dirty = true;
                frames++;
                write(memory);
            }
        }
    }

    private void header(ByteBuffer out, int length, byte type, int code, long rpcId) {
        out.putInt(length).putInt((type & 0xFF) << 24 | code).putLong(rpcId);
        dirty = true;
        frames++;
    }

    private ByteBuffer room(int bytes) {
        ByteBuffer out = batchOut;
        if (out != null && out.remaining() >= bytes) {
            return out;
        }
        seal();
        ByteBuf fresh = channel.alloc().directBuffer(BATCH_BYTES, BATCH_BYTES);
        batch = fresh;
        ByteBuffer freshOut = fresh.nioBuffer(0, BATCH_BYTES);
        batchOut = freshOut;
        return freshOut;
    }

    private void seal() {
        ByteBuf full = batch;
        ByteBuffer out = batchOut;
        if (full != null && out != null) {
            batch = null;
            batchOut = null;
            full.writerIndex(out.position());
            write(full);
        }
    }

    private void write(ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        counters.bytesSent.add(bytes);
        unflushedBytes += bytes;
        // A failed write closes the channel, and that is where calls hear of it.
        channel.write(buffer, channel.voidPromise());
        if (unflushedBytes >= EARLY_FLUSH_BYTES) {
            unflushedBytes = 0;
            channel.flush();
        }
    }

    void flush() {
        if (!dirty || closed) {
            return;
        }
        seal();
        dirty = false;
        unflushedBytes = 0;
        counters.framesSent.add(frames);
        frames = 0;
        channel.flush();
    }

    /** Drops what was not handed to the channel, and whatever comes later. */
    void close() {
        closed = true;
        ByteBuf unsent = batch;
        batch = null;
        batchOut = null;
        if (unsent != null) {
            unsent.release();
        }
    }
}
