package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamMessages;
import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A segment that came in. Its messages stay in the transport's buffer only if they are in an array there and somebody is about
 * to read them: a slow reader holds up his own stream and not the transport. Guarded by the stream's lock, but for
 * {@link #next}, which belongs to the thread that delivers.
 */
final class Arrived {
    final long sequence;
    /** Nothing follows in its direction. */
    final boolean last;
    /** With the last one of a server: how the call ended. */
    final @Nullable Status status;

    final Metadata trailers;
    final int count;
    /** By the bytes that its messages came as and are held as. */
    final long cost;
    /** Cost of its largest message. */
    final long largestCost;
    /** Bytes of its messages as they are, decompressed, if they are what they say. */
    final long messageBytes;
    /** Bytes of its largest message, compressed or decompressed, whichever is more. */
    final int largestBytes;
    /** By which some of its messages may be compressed; 0 for none. */
    final int algorithm;

    private @Nullable Metadata headers;
    private ByteBuffer messages;
    private int next;
    private int end;
    private Coding coding = Coding.PLAIN;
    private @Nullable MessageBuffer owner;

    /** What a segment says beside its messages. */
    record Frame(
            long sequence,
            boolean last,
            @Nullable Metadata headers,
            @Nullable Status status,
            Metadata trailers,
            int algorithm) {}

    private Arrived(Frame frame, ByteBuffer messages, @Nullable MessageBuffer owner, Scan scan) {
        this.sequence = frame.sequence;
        this.last = frame.last;
        this.headers = frame.headers;
        this.status = frame.status;
        this.trailers = frame.trailers;
        this.messages = messages;
        this.next = messages.position();
        this.end = messages.limit();
        this.owner = owner;
        this.count = scan.count;
        this.cost = scan.cost;
        this.largestCost = scan.largestCost;
        this.messageBytes = scan.messageBytes;
        this.largestBytes = scan.largestBytes;
        this.algorithm = frame.algorithm;
    }

    private record Scan(int count, long cost, long largestCost, long messageBytes, int largestBytes) {
        static Scan of(ByteBuffer messages) throws MalformedEnvelopeException {
            int start = messages.position();
            int count = 0;
            long bytes = 0;
            int largest = 0;
            while (messages.hasRemaining()) {
                int length = StreamMessages.readLength(messages);
                messages.position(messages.position() + length);
                bytes += length;
                largest = Math.max(largest, length);
                count++;
            }
            messages.position(start);
            return new Scan(
                    count,
                    bytes + (long) count * StreamCost.PER_MESSAGE,
                    count == 0 ? 0 : StreamCost.of(largest),
                    bytes,
                    largest);
        }

        static Scan ofMarked(ByteBuffer messages, int algorithm) throws MalformedEnvelopeException {
            int start = messages.position();
            int count = 0;
            long cost = 0;
            long largestCost = 0;
            long bytes = 0;
            int largest = 0;
            while (messages.hasRemaining()) {
                StreamMessages.Head head = StreamMessages.readMarked(messages, algorithm);
                messages.position(messages.position() + head.length());
                long one = StreamCost.of(head.length());
                cost += one;
                largestCost = Math.max(largestCost, one);
                bytes += head.messageBytes();
                largest = Math.max(largest, Math.max(head.length(), head.messageBytes()));
                count++;
            }
            messages.position(start);
            return new Scan(count, cost, largestCost, bytes, largest);
        }
    }

    /**
     * Takes the buffer, whose position is at the messages.
     *
     * @throws MalformedEnvelopeException if they are none; the buffer is still the caller's then
     */
    static Arrived of(Frame frame, MessageBuffer buffer) throws MalformedEnvelopeException {
        ByteBuffer bytes = buffer.bytes();
        Scan scan = frame.algorithm == 0 ? Scan.of(bytes) : Scan.ofMarked(bytes, frame.algorithm);
        if (bytes.hasArray() && bytes.hasRemaining()) {
            return new Arrived(frame, bytes, buffer, scan);
        }
        // Other memory than an array would be copied by the parser, message by message.
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        buffer.release();
        return new Arrived(frame, copy, null, scan);
    }

    /** The metadata ahead of the messages, once; null if there is none. */
    @Nullable
    Metadata takeHeaders() {
        Metadata mine = headers;
        headers = null;
        return mine;
    }

    /** A peer that sends segments with nothing in them must not fill the memory with them. */
    boolean isWorthKeeping() {
        return last || headers != null || hasNext();
    }

    boolean hasHeaders() {
        return headers != null;
    }

    boolean hasNext() {
        return next < end;
    }

    /** The next message as it came, see {@link #coding}: all remaining bytes, until the next call. */
    ByteBuffer next() {
        messages.limit(end).position(next);
        int length;
        try {
            if (algorithm == 0) {
                length = StreamMessages.readLength(messages);
            } else {
                StreamMessages.Head head = StreamMessages.readMarked(messages, algorithm);
                length = head.length();
                coding = head.coding();
            }
        } catch (MalformedEnvelopeException e) {
            throw new IllegalStateException("a segment changed after it was checked", e);
        }
        next = messages.position() + length;
        return messages.limit(next);
    }

    /** How the message that {@link #next} has returned is written. */
    Coding coding() {
        return coding;
    }

    /** Copies what is left out of the transport's buffer, which goes back. */
    void own() {
        MessageBuffer buffer = owner;
        if (buffer == null) {
            return;
        }
        messages.limit(end).position(next);
        messages = ByteBuffer.allocate(end - next).put(messages).flip();
        next = 0;
        end = messages.limit();
        owner = null;
        buffer.release();
    }

    static void release(@Nullable Arrived segment) {
        if (segment != null) {
            segment.release();
        }
    }

    /** Drops what is left. */
    void release() {
        MessageBuffer buffer = owner;
        next = end;
        if (buffer != null) {
            owner = null;
            buffer.release();
        }
    }
}
