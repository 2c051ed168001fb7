package dev.remora.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into frames. One thread.
 *
 * <p>Trusts nothing: the greeting is compared byte by byte as it comes, so a foreign protocol is told at its first wrong
 * byte; a length is checked before memory is taken for it. Each message is copied once, out of the socket's read buffer
 * while it is hot in the cache, into an array that the application can keep; the read buffer is reused at once.
 */
final class FrameReader {
    /** Frames up to here take their memory at once, without asking the budget; larger ones start with it. */
    static final int UNBUDGETED_BYTES = 64 * 1024;

    private static final byte[] HELLO_START = ByteBuffer.allocate(TcpFrame.HEADER_BYTES + 4)
            .putInt(TcpFrame.HELLO_BYTES)
            .put(TcpFrame.HELLO)
            .put((byte) 0)
            .putShort((short) 0)
            .putLong(0)
            .putInt(TcpFrame.MAGIC)
            .array();

    private final FrameSink sink;
    private final byte messageType;
    private final int maxMessageBytes;
    private final AssemblyBudget budget;
    private final ByteBufAllocator allocator;

    /** A greeting or header that is not complete yet. */
    private final ByteBuffer partial = ByteBuffer.allocate(TcpFrame.HEADER_BYTES + TcpFrame.HELLO_BYTES);

    private boolean helloSeen;
    private boolean paused;

    // The message being assembled: target is null if there is none.
    private byte @Nullable [] target;
    private int targetOffset;
    private int capacity;
    private int filled;
    private int length;
    private long rpcId;
    private @Nullable ByteBuf pooled;
    private int reserved;

    private long completed;
    private long taken;

    /** @param messageType the one type of message that this side takes */
    FrameReader(
            FrameSink sink, byte messageType, int maxMessageBytes, AssemblyBudget budget, ByteBufAllocator allocator) {
        this.sink = sink;
        this.messageType = messageType;
        this.maxMessageBytes = maxMessageBytes;
        this.budget = budget;
        this.allocator = allocator;
    }

    boolean helloSeen() {
        return helloSeen;
    }

    boolean paused() {
        return paused;
    }

    /** Makes {@link #read} stop after the present frame, or go on at its next call. */
    void setPaused(boolean value) {
        paused = value;
    }

    /** Whether a frame has begun and is not complete. */
    boolean midFrame() {
        return target != null || partial.position() > 0;
    }

    /** Announced length of the frame that is being assembled, in bytes; 0 if only a header is. */
    int midFrameLength() {
        return target != null ? length : 0;
    }

    /** Frames read so far. */
    long completedFrames() {
        return completed;
    }

    /** Frames read since the last call. */
    long takeFrames() {
        long fresh = completed - taken;
        taken = completed;
        return fresh;
    }

    /**
     * Reads until {@code in} is empty or the sink has paused this.
     *
     * @throws ProtocolViolation after which this must not be used but for {@link #close}
     */
    void read(ByteBuffer in) {
        while (in.hasRemaining() && !paused) {
            if (target != null) {
                fill(in);
            } else if (!helloSeen) {
                readHello(in);
            } else if (partial.position() == 0 && in.remaining() >= TcpFrame.HEADER_BYTES) {
                begin(in);
            } else {
                take(in, TcpFrame.HEADER_BYTES);
                if (partial.position() == TcpFrame.HEADER_BYTES) {
                    partial.flip();
                    begin(partial);
                    partial.clear();
                }
            }
        }
    }

    private void take(ByteBuffer in, int until) {
        int count = Math.min(until - partial.position(), in.remaining());
        partial.put(partial.position(), in, in.position(), count);
        partial.position(partial.position() + count);
        in.position(in.position() + count);
    }

    private void readHello(ByteBuffer in) {
        take(in, TcpFrame.HEADER_BYTES + TcpFrame.HELLO_BYTES);
        int known = Math.min(partial.position(), HELLO_START.length);
        for (int i = 0; i < known; i++) {
            if (partial.get(i) != HELLO_START[i]) {
                throw new ProtocolViolation("it does not speak this protocol; it began with the bytes "
                        + HexFormat.ofDelimiter(" ").formatHex(partial.array(), 0, Math.min(partial.position(), 16)));
            }
        }
        if (partial.hasRemaining()) {
            return;
        }
        int at = HELLO_START.length;
        int version = Short.toUnsignedInt(partial.getShort(at));
        int role = Byte.toUnsignedInt(partial.get(at + 2));
        long maxBytes = partial.getLong(at + 4);
        if (version != TcpFrame.VERSION) {
            throw new ProtocolViolation("it speaks version " + version + " of the protocol and this side "
                    + TcpFrame.VERSION + "; bring both to the same release");
        }
        if (maxBytes < 0) {
            throw new ProtocolViolation("its greeting announces a message limit beyond 2^63 bytes");
        }
        partial.clear();
        helloSeen = true;
        completed++;
        sink.onHello(version, role, maxBytes);
    }

    private void begin(ByteBuffer in) {
        int announced = in.getInt();
        byte type = in.get();
        byte flags = in.get();
        int code = Short.toUnsignedInt(in.getShort());
        long id = in.getLong();
        if (flags != 0) {
            throw new ProtocolViolation("a frame of type " + type + " has the unknown flags " + flags);
        }
        if (type != messageType) {
            if (announced != 0) {
                throw new ProtocolViolation("a frame of type " + type + " with " + Integer.toUnsignedString(announced)
                        + " bytes of payload, which this side does not take");
            }
            completed++;
            sink.onControl(type, code, id);
            return;
        }
        if (announced < 0 || announced > maxMessageBytes) {
            throw new ProtocolViolation("a message of " + Integer.toUnsignedString(announced)
                    + " bytes, and this side announced a limit of " + maxMessageBytes);
        }
        if (code != 0) {
            throw new ProtocolViolation("a message with the unknown code " + code);
        }
        rpcId = id;
        length = announced;
        filled = 0;
        startTarget();
        if (announced == 0) {
            complete();
        }
    }

    private void startTarget() {
        if (length <= TcpMessage.SMALL_BYTES) {
            target = new byte[length];
            targetOffset = 0;
            capacity = length;
            return;
        }
        int first = length;
        if (length > UNBUDGETED_BYTES) {
            if (budget.tryReserve(length)) {
                reserved = length;
            } else {
                first = UNBUDGETED_BYTES;
            }
        }
        ByteBuf memory = allocator.heapBuffer(first, length);
        pooled = memory;
        capacity = first;
        target = memory.array();
        targetOffset = memory.arrayOffset();
    }

    private void fill(ByteBuffer in) {
        byte[] array = target;
        if (array == null) {
            return;
        }
        int count = Math.min(capacity - filled, in.remaining());
        in.get(array, targetOffset + filled, count);
        filled += count;
        if (filled == length) {
            complete();
        } else if (filled == capacity) {
            grow();
        }
    }

    private void grow() {
        ByteBuf memory = pooled;
        if (memory == null) {
            return;
        }
        memory.setIndex(0, filled); // capacity() keeps readable bytes
        capacity = (int) Math.min(length, capacity * 2L);
        memory.capacity(capacity);
        target = memory.array();
        targetOffset = memory.arrayOffset();
    }

    private void complete() {
        byte[] array = target;
        ByteBuf memory = pooled;
        target = null;
        pooled = null;
        giveBack();
        completed++;
        if (memory != null) {
            sink.onMessage(rpcId, new PooledMessage(memory, 0, length));
        } else if (array != null) {
            sink.onMessage(rpcId, new HeapMessage(array));
        }
    }

    private void giveBack() {
        if (reserved > 0) {
            budget.giveBack(reserved);
            reserved = 0;
        }
    }

    /** Gives back what an incomplete frame holds. Idempotent. */
    void close() {
        ByteBuf memory = pooled;
        pooled = null;
        target = null;
        giveBack();
        if (memory != null) {
            memory.release();
        }
    }
}
