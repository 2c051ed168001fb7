package dev.remora.dpdk.doctor;

import java.util.List;

/**
 * One way of running Remora on this machine.
 *
 * @param id stable name for programs
 * @param name what it is
 * @param open whether nothing that the doctor can see is missing
 * @param missing what is missing, each in a few words; the findings say how to mend it
 * @param note with what it would run, or what to mind; may be empty
 */
public record Way(String id, String name, boolean open, List<String> missing, String note) {
    /** Kernel TCP. */
    public static final String TCP = "tcp";

    /** Two processes of this host over net_vhost and net_virtio_user. */
    public static final String EMBEDDED = "embedded";

    /** A packet socket on an interface of the kernel. */
    public static final String AF_PACKET = "af_packet";

    /** An XDP socket on an interface of the kernel. */
    public static final String AF_XDP = "af_xdp";

    /** A network card of DPDK's own. */
    public static final String PCI = "pci";

    public Way {
        missing = List.copyOf(missing);
        if (open != missing.isEmpty()) {
            throw new IllegalArgumentException(id + " is open: " + open + ", missing: " + missing);
        }
    }

    static Way of(String id, String name, List<String> missing, String note) {
        return new Way(id, name, missing.isEmpty(), missing, note);
    }
}
