package dev.remora.dpdk.doctor;

import java.util.List;

/**
 * What the doctor found.
 *
 * @param findings in groups by area
 * @param ways of running Remora, all of them, open or not
 */
public record Report(List<Finding> findings, List<Way> ways) {
    public Report {
        findings = List.copyOf(findings);
        ways = List.copyOf(ways);
    }

    /** Whether a way that needs no network card of its own is open: the embedded one or TCP. */
    public boolean usable() {
        return isOpen(Way.EMBEDDED) || isOpen(Way.TCP);
    }

    /** Whether that way is open. */
    public boolean isOpen(String id) {
        return ways.stream().anyMatch(way -> way.id().equals(id) && way.open());
    }
}
