package dev.remora.dpdk.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.dpdk.ChildJvm;
import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.device.DeviceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What this machine lets tests do, and what it does not: then a test is skipped, and says why. */
final class Machine {
    private static final Path UNPRIVILEGED = Path.of("/usr/bin/setpriv");
    private static final int NOBODY = 65_534;

    private Machine() {}

    /** Skips the test, so that it is seen. */
    static void skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
    }

    static void needsDpdk() {
        if (!Dpdk.isAvailable()) {
            skip("DPDK is not installed");
        }
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    static void needsRoot(String what) {
        if (!isRoot()) {
            skip(what + " needs root");
        }
    }

    /** Skips if the driver is not installed. */
    static void needs(DeviceConfig device) {
        for (String obstacle : device.obstacles()) {
            if (obstacle.contains("driver")) {
                skip(obstacle);
            }
        }
    }

    /** Status and output of a command. */
    record Output(int status, String text) {}

    static Output run(String... command) {
        return run(List.of(command));
    }

    static Output run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Output(124, text);
            }
            return new Output(process.exitValue(), text);
        } catch (IOException e) {
            return new Output(127, e.toString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A folder for sockets, under a short path: that of a socket has at most 107 bytes. */
    static Path folder() {
        try {
            Path folder = Files.createTempDirectory(Path.of("/tmp"), "remora-x");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Words before a command that make it an ordinary user's without any rights. */
    static List<String> asOrdinaryUser(Path folder) {
        needsRoot("becoming an ordinary user");
        if (!Files.exists(UNPRIVILEGED)) {
            skip("setpriv is not installed (package util-linux)");
        }
        return List.of(
                "env",
                "HOME=" + folder,
                "XDG_RUNTIME_DIR=" + folder,
                UNPRIVILEGED.toString(),
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--bounding-set=-all",
                "--inh-caps=-all",
                "--no-new-privs");
    }

    /** The classes a peer needs, where everyone can read them. */
    static String readableClassPath(Path folder) {
        List<String> places = new ArrayList<>();
        for (Class<?> each : List.of(Eal.class, ChildJvm.class)) {
            try {
                Path from = Path.of(
                        each.getProtectionDomain().getCodeSource().getLocation().toURI());
                Path to = folder.resolve("classes" + places.size() + (Files.isDirectory(from) ? "" : ".jar"));
                copy(from, to);
                places.add(to.toString());
            } catch (IOException | URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return String.join(":", places);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path target = to.resolve(from.relativize(each).toString());
                Files.copy(each, target);
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(Files.isDirectory(each) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** Hugepages for as long as this is open; the number there was before is restored. */
    static final class Hugepages implements AutoCloseable {
        private static final Path COUNT = Path.of("/proc/sys/vm/nr_hugepages");
        private final String before;

        /** Reserves pages on top of those there are, or skips the test. */
        Hugepages(int megabytes) {
            needsRoot("reserving hugepages");
            try {
                before = Files.readString(COUNT).strip();
                long sizeKb = number("Hugepagesize");
                long free = number("HugePages_Free");
                long wanted = megabytes * 1_024L / sizeKb;
                write(Long.toString(Long.parseLong(before) + wanted));
                long got = number("HugePages_Free");
                if (got - free < wanted) {
                    write(before);
                    skip("the machine has memory for " + (got - free) + " of " + wanted + " hugepages of " + sizeKb
                            + " kB");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static long number(String what) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
                return lines.filter(line -> line.startsWith(what + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElse(0);
            }
        }

        private static void write(String count) {
            try {
                Files.writeString(COUNT, count);
            } catch (IOException e) {
                skip("hugepages cannot be reserved: " + e);
            }
        }

        @Override
        public void close() {
            write(before);
        }
    }
}
