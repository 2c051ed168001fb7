package dev.remora.bench.echo.contender;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.bench.proto.EchoMessage;

/**
 * An array that messages are collected in and parsed from. Protobuf parses arrays fastest; given a direct buffer without
 * sun.misc.Unsafe, it copies it to a new array each time. One thread at a time.
 */
final class MessageScratch {
    private byte[] bytes = new byte[64 << 10];

    /** An array of at least {@code size} bytes, with the first {@code keep} bytes of the one before. */
    byte[] atLeast(int size, int keep) {
        if (bytes.length < size) {
            byte[] larger = new byte[size];
            System.arraycopy(bytes, 0, larger, 0, keep);
            bytes = larger;
        }
        return bytes;
    }

    /** Parses what was collected. */
    EchoMessage parse(int size) throws InvalidProtocolBufferException {
        return EchoMessage.parser().parseFrom(bytes, 0, size);
    }
}
