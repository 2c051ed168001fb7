package dev.remora.runtime.resolve;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of targets such as {@code file:///etc/photos.servers}, below {@code remora.resolve.file}. */
public final class FileSettings {
    public static final Setting<Long> INTERVAL = Setting.duration(
            "interval",
            "5s",
            10_000_000L,
            3_600_000_000_000L,
            "how often the file is read even if the system reports no change: some file systems report none");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(INTERVAL);

    private FileSettings() {}
}
