package dev.remora.dpdk.ffi;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.DpdkVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds and opens DPDK's shared libraries. Opening {@code librte_ethdev} brings in all it depends on (EAL, rings, mempools,
 * mbufs), and a symbol lookup in it finds theirs, too. Drivers are opened by EAL itself.
 *
 * @param symbols of all libraries
 * @param layout for this release
 * @param versionText as {@code rte_version()} says it
 * @param place the library opened: path, or bare name resolved by the dynamic linker
 */
public record Libraries(SymbolLookup symbols, Layout layout, String versionText, String place) {
    private static final String FIRST = "librte_ethdev.so.";
    private static final List<String> USUAL_FOLDERS = List.of(
            "/usr/local/lib/x86_64-linux-gnu",
            "/usr/local/lib/aarch64-linux-gnu",
            "/usr/local/lib64",
            "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/opt/dpdk/lib/x86_64-linux-gnu",
            "/opt/dpdk/lib64",
            "/opt/dpdk/lib");
    private static final Object LOCK = new Object();

    private static @Nullable Libraries loaded;

    /** The release whose layout is in use. */
    public DpdkVersion version() {
        return layout.version();
    }

    /**
     * Symbols of another library of the same release.
     *
     * @param library its name without ending, such as {@code librte_vhost}
     * @throws DpdkException if it cannot be opened
     */
    SymbolLookup beside(String library) {
        String name = library + ".so." + version().abi();
        try {
            // By its bare name it is the one that a driver has brought in, wherever that came from.
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            Path folder = Path.of(place).getParent();
            Path file = folder == null ? Path.of(name) : folder.resolve(name);
            try {
                return SymbolLookup.libraryLookup(file, Arena.global());
            } catch (IllegalArgumentException other) {
                throw new DpdkException(
                        "the library " + name + " of DPDK cannot be opened: " + other.getMessage(),
                        "install it from where " + place + " comes from");
            }
        }
    }

    /** Opens them, once. */
    public static Libraries load() {
        synchronized (LOCK) {
            Libraries known = loaded;
            if (known == null) {
                known = find(chosenFolder(), USUAL_FOLDERS);
                loaded = known;
            }
            return known;
        }
    }

    /** Those that were opened. */
    public static Libraries loaded() {
        synchronized (LOCK) {
            Libraries known = loaded;
            if (known == null) {
                throw new IllegalStateException("DPDK is not loaded; call Dpdk.load() first");
            }
            return known;
        }
    }

    /** ABI number of the libraries in use, or of Debian 12's if none were loaded. */
    public static int loadedAbi() {
        synchronized (LOCK) {
            Libraries known = loaded;
            return known == null ? DpdkVersion.V22_11.abi() : known.version().abi();
        }
    }

    /** The release of those that were opened; null if none were yet. */
    static @Nullable DpdkVersion loadedVersion() {
        synchronized (LOCK) {
            Libraries known = loaded;
            return known == null ? null : known.version();
        }
    }

    /** Folders where distributions and builds from source put libraries. */
    static List<String> usualFolders() {
        return USUAL_FOLDERS;
    }

    /** The folder the user named, if any. */
    public static @Nullable String chosenFolder() {
        String property = System.getProperty(Dpdk.PATH_PROPERTY);
        return property != null ? property : System.getenv(Dpdk.PATH_VARIABLE);
    }

    /**
     * Opens the newest known release that is found: in the folder named, else by the dynamic linker, else in the folders.
     */
    static Libraries find(@Nullable String chosen, List<String> folders) {
        List<String> places = new ArrayList<>();
        DpdkVersion[] versions = DpdkVersion.values();
        for (int i = versions.length - 1; i >= 0; i--) {
            String name = FIRST + versions[i].abi();
            if (chosen != null) {
                places.add(Path.of(chosen, name).toString());
            } else {
                places.add(name);
                folders.forEach(folder -> places.add(Path.of(folder, name).toString()));
            }
        }
        List<String> failures = new ArrayList<>();
        for (String place : places) {
            boolean bare = place.indexOf('/') < 0;
            if (!bare && !Files.exists(Path.of(place))) {
                continue;
            }
            try {
                SymbolLookup symbols = bare
                        ? SymbolLookup.libraryLookup(place, Arena.global())
                        : SymbolLookup.libraryLookup(Path.of(place), Arena.global());
                return open(symbols, place);
            } catch (IllegalArgumentException e) {
                // A bare name fails whenever that release is not installed; a file that is there should open.
                if (!bare) {
                    failures.add(place + " does not open: " + e.getMessage());
                }
            }
        }
        throw missing(chosen, folders, failures);
    }

    private static Libraries open(SymbolLookup symbols, String place) {
        String text = versionText(symbols, place);
        DpdkVersion version = DpdkVersion.of(text);
        if (version == null) {
            throw unsupported(text, place);
        }
        return new Libraries(symbols, Layout.of(version), text, place);
    }

    private static String versionText(SymbolLookup symbols, String place) {
        MemorySegment function = symbols.find("rte_version")
                .orElseThrow(() -> new DpdkException(
                        place + " is not DPDK: it has no rte_version",
                        "move that file away, or name the folder of DPDK's libraries with -D" + Dpdk.PATH_PROPERTY
                                + "=FOLDER"));
        try {
            long text = (long) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invokeExact();
            return Memory.string(text);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static DpdkException unsupported(String text, String place) {
        return new DpdkException(
                "unsupported version of DPDK: " + text + " (" + place + ")",
                "install 22.11 (Debian 12), 23.11 or 24.11, or name the folder of one with -D" + Dpdk.PATH_PROPERTY
                        + "=FOLDER");
    }

    private static DpdkException missing(@Nullable String chosen, List<String> folders, List<String> failures) {
        List<String> others = new ArrayList<>();
        for (String folder : chosen != null ? List.of(chosen) : folders) {
            String[] names = Path.of(folder).toFile().list((where, name) -> name.startsWith(FIRST));
            if (names != null) {
                for (String name : names) {
                    others.add(folder + "/" + name);
                }
            }
        }
        if (!failures.isEmpty()) {
            return new DpdkException(
                    "DPDK's libraries cannot be loaded: " + String.join("; ", failures),
                    "install what they need, or the distribution's own packages");
        }
        if (!others.isEmpty()) {
            return unsupported("another release", String.join(", ", others));
        }
        return new DpdkException(
                chosen != null
                        ? "no DPDK in " + chosen + " (looked for " + FIRST + "23, 24 and 25)"
                        : "DPDK is not installed (looked for " + FIRST + "23, 24 and 25)",
                "on Debian or Ubuntu: sudo apt-get install --no-install-recommends " + Packages.debian()
                        + "; elsewhere install DPDK 22.11, 23.11 or 24.11");
    }
}
