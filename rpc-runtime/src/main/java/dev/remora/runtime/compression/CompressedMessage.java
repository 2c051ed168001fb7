package dev.remora.runtime.compression;

import dev.remora.runtime.envelope.Coding;
import java.nio.ByteBuffer;

/**
 * A message that compression has made smaller.
 *
 * @param bytes from position to limit
 * @param messageBytes its size before
 */
public record CompressedMessage(ByteBuffer bytes, int messageBytes) {
    /** The same in memory of just its size, for one that is kept for a while. */
    public CompressedMessage trimmed() {
        byte[] exact = new byte[bytes.remaining()];
        bytes.get(bytes.position(), exact);
        return new CompressedMessage(ByteBuffer.wrap(exact), messageBytes);
    }

    /** Its size now. */
    public int size() {
        return bytes.remaining();
    }

    /** Writes it, any number of times. */
    public void write(ByteBuffer out) {
        out.put(bytes.duplicate());
    }

    /** What the envelope says of it. */
    public Coding coding(int readable) {
        return new Coding(Coding.GZIP, messageBytes, readable);
    }
}
