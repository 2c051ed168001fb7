package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** The knob that chooses the transport. The transports' own knobs are declared by their providers. */
public final class TransportSettings {
    public static final Setting<String> TRANSPORT = Setting.text(
            "transport",
            "tcp",
            "Name of the transport for all clients and servers of the process. The names are those of the providers on"
                    + " the class path.");

    /** The settings that stand directly below {@code remora}. */
    public static final List<Setting<?>> ALL = List.of(TRANSPORT);

    private TransportSettings() {}
}
