package dev.remora.dpdk;

import org.jspecify.annotations.Nullable;

/**
 * Releases whose struct layouts are known. DPDK keeps its binary interface within a long-term release, whose libraries carry
 * the ABI number in their names ({@code librte_eal.so.23}); each of these has its own layout file.
 */
public enum DpdkVersion {
    V22_11("22.11", 23),
    V23_11("23.11", 24),
    V24_11("24.11", 25);

    private final String release;
    private final int abi;

    DpdkVersion(String release, int abi) {
        this.release = release;
        this.abi = abi;
    }

    /** Year and month, such as {@code 22.11}. */
    public String release() {
        return release;
    }

    /** Number behind {@code .so.} in the names of its libraries. */
    public int abi() {
        return abi;
    }

    /**
     * The release a version string belongs to.
     *
     * @param version as {@code rte_version()} gives it, such as {@code DPDK 22.11.11}
     * @return null for releases whose layouts are not known
     */
    public static @Nullable DpdkVersion of(String version) {
        for (DpdkVersion known : values()) {
            int at = version.indexOf(known.release);
            int end = at + known.release.length();
            boolean begins = at == 0 || (at > 0 && version.charAt(at - 1) == ' ');
            if (begins && (end == version.length() || !Character.isDigit(version.charAt(end)))) {
                return known;
            }
        }
        return null;
    }
}
