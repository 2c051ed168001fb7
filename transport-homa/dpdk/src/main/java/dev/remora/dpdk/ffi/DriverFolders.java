package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkVersion;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * Where DPDK's drivers lie. EAL opens all libraries of the folder it was built with, {@code dpdk/pmds-23.0} beside its own
 * libraries for 22.11, and of those it is told of.
 */
public final class DriverFolders {
    private static final CopyOnWriteArraySet<Path> MORE = new CopyOnWriteArraySet<>();

    private DriverFolders() {}

    /** Adds a folder the user named. */
    public static void add(Path folder) {
        MORE.add(folder);
    }

    /** The drivers' folder that belongs to libraries loaded from a folder the user chose; null if neither. */
    public static @Nullable Path ofChosenLibraries() {
        String chosen = Libraries.chosenFolder();
        if (chosen == null) {
            return null;
        }
        List<Path> found = below(Path.of(chosen));
        return found.isEmpty() ? null : found.getFirst();
    }

    /**
     * The file name of a driver's library if it certainly cannot be found; null if it is there, or no folder of drivers is
     * known at all.
     *
     * @param library without ending, such as {@code librte_net_vhost}
     */
    public static @Nullable String missing(String library) {
        // A folder too many does less harm than one too few: EAL has the last word.
        List<Path> folders = new ArrayList<>(MORE);
        String chosen = Libraries.chosenFolder();
        if (chosen != null) {
            folders.addAll(below(Path.of(chosen)));
        }
        for (String folder : Libraries.usualFolders()) {
            folders.addAll(below(Path.of(folder)));
        }
        return missing(library, folders);
    }

    static @Nullable String missing(String library, List<Path> folders) {
        for (Path folder : folders) {
            for (DpdkVersion version : versions()) {
                if (Files.exists(folder.resolve(library + ".so." + version.abi()))) {
                    return null;
                }
            }
            if (Files.exists(folder.resolve(library + ".so"))) {
                return null;
            }
        }
        return folders.isEmpty() ? null : library + ".so." + Libraries.loadedAbi();
    }

    /** That which was loaded, or else all that are known. */
    private static List<DpdkVersion> versions() {
        DpdkVersion loaded = Libraries.loadedVersion();
        return loaded != null ? List.of(loaded) : List.of(DpdkVersion.values());
    }

    private static List<Path> below(Path libraries) {
        List<Path> found = new ArrayList<>();
        for (Path folder : List.of(libraries.resolve("dpdk"), libraries)) {
            for (DpdkVersion version : versions()) {
                try (DirectoryStream<Path> drivers = Files.newDirectoryStream(folder, "pmds-" + version.abi() + ".*")) {
                    drivers.forEach(found::add);
                } catch (IOException e) {
                    // Not there, or not readable: no drivers from here.
                    continue;
                }
            }
        }
        return found;
    }
}
