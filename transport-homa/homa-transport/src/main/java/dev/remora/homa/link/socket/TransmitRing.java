package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.packet.EthernetHeader;
import java.lang.foreign.MemorySegment;

/**
 * Frames on their way to the kernel, in the order of their commits. What the kernel does not take now stays; what it never
 * will take is dropped and counted, so that it does not stand in the way of others.
 */
final class TransmitRing {
    private static final int TCP_LENGTH_AT = 12;

    private final int fd;
    private final SystemCalls calls;
    private final MemorySegment memory;
    private final Messages messages;
    /** For an int that the kernel says. */
    private final MemorySegment number;

    private final int maxFrameBytes;
    private final Counters counters;
    private final LinkWatch link;

    private int head;
    private int pending;
    private int reservedBytes;

    TransmitRing(
            int fd,
            SystemCalls calls,
            MemorySegment memory,
            Messages messages,
            MemorySegment number,
            int maxFrameBytes,
            Counters counters,
            LinkWatch link) {
        this.fd = fd;
        this.calls = calls;
        this.memory = memory;
        this.messages = messages;
        this.number = number;
        this.maxFrameBytes = maxFrameBytes;
        this.counters = counters;
        this.link = link;
    }

    int pending() {
        return pending;
    }

    /** Bytes of kernel memory in frames that it has taken and not sent. */
    int backlogBytes() {
        return calls.ioctl(fd, Abi.TIOCOUTQ, number.address()) < 0 ? 0 : number.get(JAVA_INT, 0);
    }

    long reserve(int bytes) {
        if (bytes < VnetHeader.ETHERNET_BYTES || bytes > maxFrameBytes) {
            throw new IllegalArgumentException("a frame of " + bytes + " bytes; " + VnetHeader.ETHERNET_BYTES + " to "
                    + maxFrameBytes + " are possible");
        }
        if (pending == Messages.COUNT) {
            reservedBytes = 0;
            return FrameQueue.NO_ROOM;
        }
        reservedBytes = bytes;
        return messages.frameAt(tail());
    }

    void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
        if (bytes < VnetHeader.ETHERNET_BYTES || bytes > reservedBytes) {
            throw new IllegalStateException("commit of " + bytes + " bytes, reserved are " + reservedBytes
                    + "; a frame has at least " + VnetHeader.ETHERNET_BYTES);
        }
        if (offload == Offload.SEGMENTATION && (segmentBytes < 1 || segmentBytes > 0xffff)) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes; 1 to 65535 are possible");
        }
        int place = tail();
        long frame = messages.frameAt(place);
        // The kernel drops some frames that are to be cut and are no longer than one segment.
        boolean needsCut = offload == Offload.SEGMENTATION && payloadBytes(frame, bytes, l3Bytes) > segmentBytes;
        Offload left = offload == Offload.SEGMENTATION && !needsCut ? Offload.TCP_CHECKSUM : offload;
        VnetHeader.write(memory, frame - Abi.VIRTIO_NET_HDR_BYTES, left, l3Bytes, segmentBytes);
        messages.setFrameBytes(place, bytes);
        pending++;
        reservedBytes = 0;
    }

    /** What is behind the TCP header, whose length is in its 13th byte. */
    private int payloadBytes(long frame, int bytes, int l3Bytes) {
        int l4 = EthernetHeader.bytes(memory, frame) + l3Bytes;
        int words = bytes > l4 + TCP_LENGTH_AT ? (memory.get(JAVA_BYTE, frame + l4 + TCP_LENGTH_AT) & 0xff) >> 4 : 0;
        return bytes - l4 - 4 * words;
    }

    void flush() {
        while (pending > 0) {
            int batch = Math.min(pending, Messages.COUNT - head);
            int sent = calls.sendmmsg(fd, messages.address(head), batch, Abi.MSG_DONTWAIT);
            if (sent > 0) {
                sent(sent);
            } else if (!failed(sent)) {
                return;
            }
        }
        if (reservedBytes == 0) {
            // From the beginning again, so that a batch is not split at the end.
            head = 0;
        }
    }

    private void sent(int frames) {
        long bytes = 0;
        for (int i = 0; i < frames; i++) {
            bytes += messages.frameBytes(head + i);
        }
        counters.add(PacketSocketCounter.SENT_FRAMES, frames);
        counters.add(PacketSocketCounter.SENT_BYTES, bytes);
        link.works();
        take(frames);
    }

    /** The first pending frame was not sent. Returns whether to go on. */
    private boolean failed(int error) {
        switch (-error) {
            case Abi.EINTR -> {
                return true;
            }
            case Abi.EAGAIN -> {
                counters.add(PacketSocketCounter.SEND_WAITS, 1);
                return false;
            }
            // The kernel has taken the frame and thrown it away, as a full switch does.
            case Abi.ENOBUFS, Abi.ENOMEM -> drop(PacketSocketCounter.SEND_DROPPED, 1);
            default -> {
                if (link.failed(error)) {
                    drop(PacketSocketCounter.SEND_LINK_DOWN, pending);
                } else {
                    drop(PacketSocketCounter.SEND_REFUSED, 1);
                }
            }
        }
        return true;
    }

    private void drop(PacketSocketCounter why, int frames) {
        counters.add(why, frames);
        take(frames);
    }

    private void take(int frames) {
        head = (head + frames) % Messages.COUNT;
        pending -= frames;
    }

    private int tail() {
        return (head + pending) % Messages.COUNT;
    }
}
