package dev.remora.dpdk.ffi;

import java.util.List;
import java.util.stream.Collectors;

/** Distribution packages that hold what is needed, for messages. */
public final class Packages {
    private static final List<String> NEEDED =
            List.of("eal", "ethdev", "mempool-ring", "net-vhost", "net-virtio", "net-memif", "net-af-packet");

    private Packages() {}

    /** Debian 12's runtime packages: about 4 MB. */
    public static String debian() {
        return NEEDED.stream().map(part -> "librte-" + part + "23").collect(Collectors.joining(" "));
    }

    /** Debian's and Ubuntu's name of the package with a library such as {@code librte_net_vhost}. */
    public static String ofLibrary(String library) {
        return library.replace('_', '-') + Libraries.loadedAbi();
    }
}
