package dev.remora.homa;

import dev.remora.spi.MessageBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A message to be sent: an array, which protobuf writes in place, with room for our header in front, so that both together are
 * one Homa message. Belongs to a {@link MessagePool} and is lent again after it was given back, so nobody may touch one
 * after that.
 */
final class OutgoingMessage implements MessageBuffer {
    /** Room in front of the bytes; a multiple of 8, so that the bytes are aligned as in an array of their own. */
    static final int HEADER_ROOM = 24;

    /** In the pool, or thrown away. */
    private static final int FREE = 0;
    /** With the application. */
    private static final int LENT = 1;
    /** Handed over to be sent; above it with as many further holds. */
    private static final int TAKEN = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(OutgoingMessage.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MessagePool pool;
    private final MemorySegment memory;
    private final ByteBuffer header;
    private final ByteBuffer view;
    private int size;

    @SuppressWarnings("unused") // through STATE
    private volatile int state = FREE;

    /** @param capacity bytes beside the header */
    OutgoingMessage(MessagePool pool, int capacity) {
        this.pool = pool;
        byte[] array = new byte[HEADER_ROOM + capacity];
        memory = MemorySegment.ofArray(array);
        header = ByteBuffer.wrap(array, 0, HEADER_ROOM);
        view = ByteBuffer.wrap(array, HEADER_ROOM, capacity).slice();
    }

    OutgoingMessage lend(int bytes) {
        size = bytes;
        view.limit(bytes).position(0).order(ByteOrder.BIG_ENDIAN);
        STATE.setVolatile(this, LENT);
        return this;
    }

    /**
     * Takes a buffer that the application hands over.
     *
     * @throws IllegalStateException if it was handed over or released before, where that can be told
     */
    static OutgoingMessage take(MessageBuffer buffer) {
        if (!(buffer instanceof OutgoingMessage message)) {
            throw new IllegalArgumentException("a buffer of "
                    + buffer.getClass().getName() + ": use one that allocate() of the homa transport gave");
        }
        message.move(LENT, TAKEN);
        return message;
    }

    private void move(int from, int to) {
        if (!STATE.compareAndSet(this, from, to)) {
            throw new IllegalStateException("this buffer was released or handed over already");
        }
    }

    @Override
    public ByteBuffer bytes() {
        if (state != LENT) {
            throw new IllegalStateException("this buffer was released or handed over already");
        }
        return view;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void release() {
        move(LENT, FREE);
        pool.takeBack(this);
    }

    /** One more who sends from this taken message, and will {@link #free} it. */
    void hold() {
        int holds;
        do {
            holds = holds();
        } while (!STATE.compareAndSet(this, holds, holds + 1));
    }

    /** Gives a hold on a taken message back; its memory goes with the last. */
    void free() {
        int holds;
        do {
            holds = holds();
        } while (!STATE.compareAndSet(this, holds, holds == TAKEN ? FREE : holds - 1));
        if (holds == TAKEN) {
            pool.takeBack(this);
        }
    }

    private int holds() {
        int now = state;
        if (now < TAKEN) {
            throw new IllegalStateException("this buffer was given back already, or not handed over");
        }
        return now;
    }

    /** The bytes beside the header. */
    int capacity() {
        return view.capacity();
    }

    /** Header and bytes; other things may be in it. */
    MemorySegment memory() {
        return memory;
    }

    /**
     * Begins a header in front of the bytes, which so become a Homa message from offset {@link #start} on.
     *
     * @return where the fields go
     */
    ByteBuffer header(MessageKind kind) {
        header.position(HEADER_ROOM - kind.headerBytes());
        header.put(kind.code());
        return header;
    }

    /** Where in {@link #memory()} a message of this kind begins. */
    static int start(MessageKind kind) {
        return HEADER_ROOM - kind.headerBytes();
    }
}
