package dev.remora.homa;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.net.HeldUdpPort;
import dev.remora.homa.net.InterfaceDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device beside the kernel's network, with Homa's UDP port held there as long as it is open. */
record DeviceWithUdpPort(InterfaceDevice device, HeldUdpPort held) implements InterfaceDevice {
    @Override
    public List<FrameQueue> queues() {
        return device.queues();
    }

    @Override
    public @Nullable Spread spread() {
        return device.spread();
    }

    @Override
    public boolean steersFlows() {
        return device.steersFlows();
    }

    @Override
    public boolean takesTagsOff() {
        return device.takesTagsOff();
    }

    @Override
    public void close() {
        held.close();
        device.close();
    }
}
