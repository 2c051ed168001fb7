package dev.remora.dpdk.doctor;

import dev.remora.dpdk.Dpdk;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The Linux distribution, for commands that install.
 *
 * @param name as people call it
 * @param family whose packages it has
 * @param dpdkAbi of the DPDK in its archive, 0 if that is unknown or not supported
 */
record Distribution(String name, Family family, int dpdkAbi) {
    enum Family {
        DEBIAN,
        FEDORA,
        SUSE,
        ARCH,
        OTHER
    }

    /** What DPDK itself and two processes of one host need; the drivers bring in their libraries. */
    static final List<String> EMBEDDED =
            List.of("eal", "ethdev", "mempool_ring", "bus_vdev", "net_vhost", "net_virtio", "net_af_packet");

    static Distribution of(String osRelease) {
        String id = value(osRelease, "ID");
        String version = value(osRelease, "VERSION_ID");
        String pretty = value(osRelease, "PRETTY_NAME");
        String likes = " " + id + " " + value(osRelease, "ID_LIKE") + " ";
        return new Distribution(
                pretty.isEmpty() ? "this system" : pretty,
                likes.matches(".* (debian|ubuntu) .*")
                        ? Family.DEBIAN
                        : likes.matches(".* (fedora|rhel|centos) .*")
                                ? Family.FEDORA
                                : likes.contains("suse")
                                        ? Family.SUSE
                                        : likes.contains(" arch ") ? Family.ARCH : Family.OTHER,
                switch (id + " " + version) {
                    case "debian 12" -> 23;
                    case "debian 13", "ubuntu 25.04", "ubuntu 25.10", "ubuntu 26.04" -> 25;
                    case "ubuntu 24.04" -> 24;
                    default -> 0;
                });
    }

    /**
     * A command that installs libraries of DPDK.
     *
     * @param libraries as in {@code librte_NAME.so}
     * @param abi of the release that is installed or is to be, 0 if unknown
     */
    String installDpdk(String sudo, List<String> libraries, int abi) {
        return switch (family) {
            case DEBIAN ->
                abi == 0
                        ? ownBuild()
                        : sudo + "apt-get install --no-install-recommends "
                                + libraries.stream()
                                        .map(library -> debianPackage(library, abi))
                                        .collect(Collectors.joining(" "));
            case FEDORA -> sudo + "dnf install dpdk (22.11, 23.11 or 24.11; it holds " + names(libraries) + ")";
            case SUSE -> sudo + "zypper install dpdk (22.11, 23.11 or 24.11; it holds " + names(libraries) + ")";
            case ARCH, OTHER -> ownBuild();
        };
    }

    /** A command that installs an ordinary package that is called the same everywhere. */
    String install(String sudo, String name) {
        return switch (family) {
            case DEBIAN -> sudo + "apt-get install " + name;
            case FEDORA -> sudo + "dnf install " + name;
            case SUSE -> sudo + "zypper install " + name;
            case ARCH -> sudo + "pacman -S " + name;
            case OTHER -> "install " + name;
        };
    }

    /** Debian's rule for names: a hyphen parts a number that belongs to the name from the ABI. */
    static String debianPackage(String library, int abi) {
        String name = "librte-" + library.replace('_', '-');
        return name + (Character.isDigit(name.charAt(name.length() - 1)) ? "-" : "") + abi;
    }

    private String ownBuild() {
        return "build DPDK 22.11, 23.11 or 24.11 as shared libraries (" + name
                + " is not known to package one of them) and name their folder: -D" + Dpdk.PATH_PROPERTY + "=FOLDER or "
                + Dpdk.PATH_VARIABLE + "=FOLDER";
    }

    private static String names(List<String> libraries) {
        return new TreeSet<>(libraries).stream().map(name -> "librte_" + name).collect(Collectors.joining(", "));
    }

    private static String value(String osRelease, String key) {
        Matcher line = Pattern.compile("(?m)^" + key + "=\"?([^\"\\n]*)\"?$").matcher(osRelease);
        String value = line.find() ? line.group(1).strip() : "";
        return key.startsWith("ID") ? value.toLowerCase(Locale.ROOT) : value;
    }
}
