package dev.remora.tcp;

import java.nio.ByteBuffer;

/** A message in an array of its own; the garbage collector takes it back. */
final class HeapMessage extends TcpMessage {
    private final byte[] array;
    private final ByteBuffer view;

    HeapMessage(byte[] array) {
        this.array = array;
        this.view = ByteBuffer.wrap(array);
    }

    byte[] array() {
        return array;
    }

    @Override
    public int size() {
        return array.length;
    }

    @Override
    ByteBuffer view() {
        return view;
    }

    @Override
    void free() {}
}
