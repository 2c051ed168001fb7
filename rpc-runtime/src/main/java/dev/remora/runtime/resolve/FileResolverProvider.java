package dev.remora.runtime.resolve;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** {@code file:///path}: a text file with one server per line, read anew when it changes. */
public final class FileResolverProvider implements NameResolverProvider {
    /** Several events of one change are one reading. */
    private static final long MIN_PAUSE_NS = 20_000_000L;

    @Override
    public String name() {
        return "file";
    }

    @Override
    public List<Setting<?>> settings() {
        return FileSettings.ALL;
    }

    @Override
    public NameResolver resolver(Target target, SettingValues values) {
        if (!target.authority().isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + target + "': files have no host; write file:///path, with three slashes");
        }
        Path file;
        try {
            file = Path.of(target.name()).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + target + "' is not a path: " + e.getMessage(), e);
        }
        long intervalNs = values.get(FileSettings.INTERVAL);
        return new PollingResolver(target, new FileLookup(file, intervalNs), MIN_PAUSE_NS, intervalNs);
    }
}
