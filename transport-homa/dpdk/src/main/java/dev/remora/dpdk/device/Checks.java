package dev.remora.dpdk.device;

import dev.remora.dpdk.ffi.DriverFolders;
import dev.remora.dpdk.ffi.Packages;
import dev.remora.dpdk.ffi.ProcessStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the kinds of devices check alike. */
final class Checks {
    private static final int MAX_NAME = 63;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    /** sun_path of sockaddr_un, its zero included. */
    private static final int MAX_SOCKET_PATH = 108;

    /** Rights of root that Linux gives out singly, with their numbers. */
    enum Capability {
        NET_ADMIN(12),
        NET_RAW(13);

        private final int number;

        Capability(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "CAP_" + name();
        }
    }

    private Checks() {}

    static void name(String name, String driver) {
        if (!name.startsWith(driver)
                || name.length() > MAX_NAME
                || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of a " + driver + " device must begin with " + driver
                    + ", have at most " + MAX_NAME + " characters, letters, digits, dots, dashes, underscores, is \""
                    + name + "\"");
        }
    }

    static void range(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", is " + value);
        }
    }

    static void powerOfTwo(String what, int value) {
        if (Integer.bitCount(value) != 1) {
            throw new IllegalArgumentException(what + " must be a power of two, is " + value);
        }
    }

    /** Made absolute, since the peer may have another working directory. */
    static Path socket(Path given) {
        Path socket = given.toAbsolutePath().normalize();
        argument("socket", socket.toString());
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= MAX_SOCKET_PATH) {
            throw new IllegalArgumentException("path of a socket must have fewer than " + MAX_SOCKET_PATH
                    + " bytes, has " + bytes + ": " + socket);
        }
        return socket;
    }

    /** DPDK separates arguments by commas, makes lists of brackets, and has no way to quote one. */
    static void argument(String what, String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 0x7f || ",[]\"'".indexOf(c) >= 0)) {
            throw new IllegalArgumentException(
                    what + " must not be empty nor contain commas, brackets, quotes, control characters, is \"" + value
                            + "\"");
        }
    }

    static void interfaceName(String name) {
        argument("interface", name);
        if (name.length() > 15 || name.chars().anyMatch(c -> c == '/' || c == ' ' || c == ':')) {
            throw new IllegalArgumentException("not a name of a network interface: \"" + name
                    + "\"; it has at most 15 characters, and neither blank, slash nor colon");
        }
    }

    /** Notes a driver that is not installed. */
    static void needDriver(List<Obstacle> obstacles, String driver) {
        needLibrary(obstacles, "librte_bus_vdev");
        needLibrary(obstacles, "librte_" + driver);
    }

    static void needLibrary(List<Obstacle> obstacles, String library) {
        String missing = DriverFolders.missing(library);
        if (missing != null) {
            obstacles.add(Obstacle.lasting(
                    "driver library " + missing + " is not installed",
                    "sudo apt-get install " + Packages.ofLibrary(library) + " (the name on Debian and Ubuntu)"));
        }
    }

    static void needInterface(List<Obstacle> obstacles, String name) {
        if (!ProcessStatus.hasInterface(name)) {
            obstacles.add(Obstacle.lasting(
                    "interface " + name + " does not exist",
                    "create it first; `ip link` lists those of this network namespace"));
        }
    }

    /** Notes capabilities the thread lacks. */
    static void needCapabilities(List<Obstacle> obstacles, Capability... needed) {
        List<Capability> lacking = Arrays.stream(needed)
                .filter(capability -> !ProcessStatus.hasCapability(capability.number))
                .toList();
        if (!lacking.isEmpty()) {
            String list = lacking.stream()
                    .map(capability -> "+" + capability.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(","));
            obstacles.add(Obstacle.lasting(
                    "needs " + lacking.stream().map(Capability::toString).collect(Collectors.joining(" and ")),
                    "run as root, or give that to the process: sudo setpriv --reuid $USER --init-groups --inh-caps "
                            + list + " --ambient-caps " + list + " java ..."));
        }
    }

    /** Notes a folder in which a file cannot be made. */
    static void needFolderFor(List<Obstacle> obstacles, String what, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            obstacles.add(
                    Obstacle.lasting("the folder of " + what + " " + file + " does not exist", "mkdir -p " + folder));
        } else if (!Files.isWritable(folder)) {
            obstacles.add(Obstacle.lasting(
                    "no permission to create " + what + " " + file,
                    "choose a folder this user (" + System.getProperty("user.name") + ") may write to"));
        }
    }

    static void needReadable(List<Obstacle> obstacles, Path file) {
        if (!Files.isReadable(file)) {
            obstacles.add(Obstacle.lasting(
                    (Files.exists(file) ? "no permission to read " : "there is no file ") + file, "check the path"));
        }
    }
}
