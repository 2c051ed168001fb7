package dev.remora.homa.link.socket;

import dev.remora.homa.link.FrameSink;
import java.lang.foreign.MemorySegment;

/** Takes what the kernel has for us, up to {@link Messages#COUNT} frames at a time, each in one piece. */
final class ReceiveBurst {
    private final int fd;
    private final SystemCalls calls;
    private final MemorySegment memory;
    private final Messages messages;
    private final Counters counters;
    private final LinkWatch link;
    /** The last burst was not a full one. */
    private boolean emptied;

    ReceiveBurst(
            int fd, SystemCalls calls, MemorySegment memory, Messages messages, Counters counters, LinkWatch link) {
        this.fd = fd;
        this.calls = calls;
        this.memory = memory;
        this.messages = messages;
        this.counters = counters;
        this.link = link;
    }

    /**
     * Right after a burst that took all there was, the next call asks the kernel for nothing: mostly it would have nothing, and who
     * goes to sleep then is woken at once by what came meanwhile.
     */
    int receive(FrameSink sink) {
        if (emptied) {
            emptied = false;
            return 0;
        }
        int count = calls.recvmmsg(fd, messages.address(0), Messages.COUNT, Abi.MSG_DONTWAIT);
        if (count <= 0) {
            // An error is reported once and then forgotten by the kernel: the next call brings frames again.
            if (count != -Abi.EAGAIN && count != -Abi.EINTR && !link.failed(count)) {
                counters.add(PacketSocketCounter.RECEIVE_ERRORS, 1);
            }
            return 0;
        }
        emptied = count < Messages.COUNT;
        link.works();
        int delivered = 0;
        int malformed = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            int frameBytes = messages.receivedBytes(i);
            if (messages.truncated(i) || frameBytes < VnetHeader.ETHERNET_BYTES) {
                malformed++;
                continue;
            }
            delivered++;
            bytes += frameBytes;
            long at = messages.frameAt(i);
            boolean good = VnetHeader.checksumKnownGood(memory, at - Abi.VIRTIO_NET_HDR_BYTES);
            sink.onFrame(memory, at, frameBytes, frameBytes, good);
        }
        counters.add(PacketSocketCounter.RECEIVED_FRAMES, delivered);
        counters.add(PacketSocketCounter.RECEIVED_BYTES, bytes);
        if (malformed > 0) {
            counters.add(PacketSocketCounter.RECEIVE_MALFORMED, malformed);
        }
        sink.onBurstEnd();
        return delivered;
    }
}
