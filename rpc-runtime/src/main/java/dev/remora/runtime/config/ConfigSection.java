package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/**
 * A section of the configuration that an optional module brings along, read and checked like all others.
 *
 * @param name word below {@code remora}, of lower-case letters and '-'
 * @param about one sentence on what it is for, with its full stop
 * @param settings every knob of it
 */
public record ConfigSection(String name, String about, List<Setting<?>> settings) {
    /** Keeps a copy of the list. */
    public ConfigSection {
        settings = List.copyOf(settings);
    }
}
