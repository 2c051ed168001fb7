package dev.remora.homa;

import dev.remora.homa.net.Network;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;

/** Which network a transport is attached to: the one place where that is chosen. */
final class Networks {
    private Networks() {}

    /** @throws TransportException UNSUPPORTED if it cannot be had on this machine */
    static Network open(SettingValues values) {
        String kind = values.get(HomaSettings.NETWORK);
        throw new TransportException(
                Reason.UNSUPPORTED,
                "remora.homa.network = " + kind + " is not built into this version: use remora.transport = tcp");
    }
}
