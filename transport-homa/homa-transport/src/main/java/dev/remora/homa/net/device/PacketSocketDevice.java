package dev.remora.homa.net.device;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.socket.PacketSocketConfig;
import dev.remora.homa.link.socket.PacketSocketQueue;
import dev.remora.homa.net.InterfaceDevice;
import java.util.List;

/** A kernel interface by packet sockets. They spread frames by the client's port, as engines without a known hash expect. */
public final class PacketSocketDevice implements InterfaceDevice {
    private final List<FrameQueue> queues;

    private PacketSocketDevice(List<FrameQueue> queues) {
        this.queues = queues;
    }

    /**
     * Opens it in the network namespace of the calling thread.
     *
     * @throws dev.remora.spi.TransportException UNSUPPORTED, saying what is missing and how to mend it
     */
    public static PacketSocketDevice open(PacketSocketConfig config) {
        return new PacketSocketDevice(List.copyOf(PacketSocketQueue.open(config)));
    }

    @Override
    public List<FrameQueue> queues() {
        return queues;
    }

    @Override
    public boolean takesTagsOff() {
        return true;
    }

    /** Nothing is shared: each queue is a socket, and ends with its port. */
    @Override
    public void close() {}
}
