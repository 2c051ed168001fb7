package dev.remora.tcp;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** A large message in pooled memory. */
final class PooledMessage extends TcpMessage {
    private final ByteBuf memory;
    private final int size;
    private final ByteBuffer view;

    /** @param offset of the message in {@code memory}, which this owns from now on */
    PooledMessage(ByteBuf memory, int offset, int size) {
        this.memory = memory;
        this.size = size;
        this.view = memory.nioBuffer(offset, size);
    }

    /** The memory with header room, for the writer, which owns it then. */
    ByteBuf memory() {
        return memory;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    ByteBuffer view() {
        return view;
    }

    @Override
    void free() {
        memory.release();
    }
}
