package dev.remora.dpdk.ffi;

/** Distribution packages that hold what is needed, for messages. */
public final class Packages {
    private Packages() {}

    /** Debian 12's runtime packages: about 4 MB. */
    public static String debian() {
        return "librte-eal23 librte-ethdev23 librte-mempool-ring23 librte-net-vhost23 librte-net-virtio23"
                + " librte-net-af-packet23 librte-net-memif23";
    }
}
