package dev.remora.dpdk;

import dev.remora.dpdk.ffi.Libraries;
import java.nio.file.Path;

/**
 * DPDK's libraries in this process. Nothing native is touched before {@link #load()}. Libraries cannot be unloaded, so
 * the first successful load decides for the life of the process.
 *
 * <p>Thread-safe.
 */
public final class Dpdk {
    /** System property naming a folder with DPDK's libraries; goes before the usual places. */
    public static final String PATH_PROPERTY = "dev.remora.dpdk.path";

    /** Environment variable with the same meaning; the property wins. */
    public static final String PATH_VARIABLE = "REMORA_DPDK_PATH";

    private final DpdkVersion version;
    private final String versionText;
    private final String place;

    private Dpdk(DpdkVersion version, String versionText, String place) {
        this.version = version;
        this.versionText = versionText;
        this.place = place;
    }

    /**
     * Finds and loads the libraries: from {@link #PATH_PROPERTY}, {@link #PATH_VARIABLE}, the dynamic linker's own search
     * path, or the folders where distributions put them.
     *
     * @throws DpdkException if there are none, or of a release whose layouts are not known
     */
    public static Dpdk load() {
        Libraries libraries = Libraries.load();
        return new Dpdk(libraries.version(), libraries.versionText(), libraries.place());
    }

    /** Whether {@link #load()} would succeed or has; loads the libraries to find out. */
    public static boolean isAvailable() {
        try {
            load();
            return true;
        } catch (DpdkException e) {
            return false;
        }
    }

    /** The release, by which layouts are chosen. */
    public DpdkVersion version() {
        return version;
    }

    /** As {@code rte_version()} gives it, such as {@code DPDK 22.11.11}. */
    public String versionText() {
        return versionText;
    }

    /** The library that was loaded: a path, or a bare name that the dynamic linker resolved. */
    public Path place() {
        return Path.of(place);
    }
}
