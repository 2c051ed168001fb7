package dev.remora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged. Quiet unless asked: a tool's output is its result. */
final class LogLevel {
    /**
     * DPDK complains at length whenever a process on the other side of a shared device goes, which is no news to a user. Held
     * here, since java.util.logging forgets the level of a logger that nobody holds.
     */
    private static final java.util.logging.Logger DPDK = java.util.logging.Logger.getLogger("dev.remora.dpdk");

    private LogLevel() {}

    /** @param verbosity 0 leaves the configuration as it is, 1 shows what Remora does, 2 everything */
    static void set(int verbosity) {
        DPDK.setLevel(
                verbosity == 0
                        ? java.util.logging.Level.SEVERE
                        : verbosity == 1 ? java.util.logging.Level.INFO : java.util.logging.Level.ALL);
        if (verbosity > 0 && LoggerFactory.getLogger("dev.remora") instanceof Logger ours) {
            ours.setLevel(verbosity == 1 ? Level.INFO : Level.DEBUG);
        }
        if (verbosity > 1 && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.DEBUG);
        }
    }
}
