package dev.remora.homa;

import dev.remora.dpdk.HugepagePolicy;
import dev.remora.homa.host.HostNetwork;
import dev.remora.homa.host.HostSettings;
import dev.remora.homa.net.Network;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.spi.SettingValues;
import java.nio.file.Path;

/** Which network a transport is attached to: the one place where that is chosen. */
final class Networks {
    private static final long MIB = 1 << 20;
    /** More than shared memory carries, in Mbit/s: there is nothing to be paced for, the ring of frames is short enough. */
    private static final int HOST_MBPS = 200_000;

    private Networks() {}

    /** @throws dev.remora.spi.TransportException UNSUPPORTED if it cannot be had on this machine */
    static Network open(SettingValues values) {
        return switch (values.get(HomaSettings.NETWORK)) {
            case "interface" -> InterfaceChoice.open(values);
            default -> {
                if (HomaOptions.encapsulation(values) == Encapsulation.UDP) {
                    throw InterfaceChoice.unsupported(
                            "remora.homa.encapsulation = udp with remora.homa.network = host: no firewall stands between"
                                    + " processes of one host; use tcp-header, or set the network to interface");
                }
                yield HostNetwork.open(host(values));
            }
        };
    }

    private static HostSettings host(SettingValues values) {
        String folder = values.get(HomaSettings.HOST_FOLDER);
        int mbps = values.getInt(HomaSettings.LINK_MBPS);
        return new HostSettings(
                folder.isEmpty() ? HostSettings.defaultFolder() : Path.of(folder),
                values.getInt(HomaSettings.HOST_MTU),
                mbps == 0 ? HOST_MBPS : mbps,
                (int) (values.get(HomaSettings.HOST_MEMORY) / MIB),
                switch (values.get(HomaSettings.HOST_HUGEPAGES)) {
                    case "required" -> HugepagePolicy.REQUIRED;
                    case "if-there" -> HugepagePolicy.AUTO;
                    default -> HugepagePolicy.NONE;
                },
                values.getInt(HomaSettings.ENGINES));
    }
}
