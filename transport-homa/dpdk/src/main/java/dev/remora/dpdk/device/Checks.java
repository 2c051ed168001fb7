package dev.remora.dpdk.device;

import dev.remora.dpdk.ffi.Libraries;
import dev.remora.dpdk.ffi.Packages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kinds of devices check alike. */
final class Checks {
    private static final int MAX_NAME = 63;
    /** sun_path of sockaddr_un, its zero included. */
    private static final int MAX_SOCKET_PATH = 108;

    private Checks() {}

    static void name(String name, String driver) {
        if (!name.startsWith(driver) || name.length() > MAX_NAME || name.indexOf(',') >= 0 || name.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("name of a " + driver + " device must begin with " + driver
                    + ", have at most " + MAX_NAME + " characters and neither comma nor space, is \"" + name + "\"");
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

    static void socket(Path socket) {
        argument("socket", socket.toString());
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= MAX_SOCKET_PATH) {
            throw new IllegalArgumentException("path of a socket must have fewer than " + MAX_SOCKET_PATH
                    + " bytes, has " + bytes + ": " + socket);
        }
    }

    /** DPDK separates arguments by commas and has no way to quote one. */
    static void argument(String what, String value) {
        if (value.isEmpty() || value.indexOf(',') >= 0 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " must not be empty nor contain a comma, is \"" + value + "\"");
        }
    }

    static void interfaceName(String name) {
        argument("interface", name);
        if (name.length() > 15 || name.indexOf('/') >= 0 || name.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("not a name of a network interface: \"" + name + "\"");
        }
    }

    /** Missing driver library and missing interface, if so. */
    static List<String> obstacles(String driver, String interfaceName) {
        List<String> found = new ArrayList<>(driver(driver));
        if (!Files.exists(Path.of("/sys/class/net", interfaceName))) {
            found.add("there is no network interface " + interfaceName
                    + " (in this network namespace); those there are: ip link");
        }
        return found;
    }

    static List<String> driver(String driver) {
        return Libraries.hasDriver(driver)
                ? List.of()
                : List.of("DPDK's driver library librte_" + driver + " is not installed; on Debian or Ubuntu: sudo"
                        + " apt-get install --no-install-recommends "
                        + Packages.ofDriver(driver, Libraries.loadedAbi()));
    }
}
