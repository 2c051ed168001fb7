package dev.remora.bench.stream.contender;

import dev.remora.bench.proto.EchoMessage;

/** Checks what comes: one message after the other, of the size that was ordered. One thread at a time. */
public final class MessageSink {
    private final int sizeBytes;
    private long messages;

    public MessageSink(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    /** @throws IllegalStateException if it is not the next one */
    public void accept(EchoMessage message) {
        if (message.getId() != messages || message.getPayload().size() != sizeBytes) {
            throw new IllegalStateException("message " + messages + " has the number " + message.getId() + " and "
                    + message.getPayload().size() + " bytes instead of " + sizeBytes);
        }
        messages++;
    }

    /** So many have come. */
    public long messages() {
        return messages;
    }
}
