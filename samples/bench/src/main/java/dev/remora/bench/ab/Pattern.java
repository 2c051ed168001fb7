package dev.remora.bench.ab;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Who calls whom. */
enum Pattern {
    /** Clients choose among the servers, each for itself. */
    FAN_IN,
    /** The same, all clients at the same moments and of the same sizes. */
    INCAST,
    /** Every host is client and server. */
    ALL_TO_ALL;

    static Optional<Pattern> find(String name) {
        return Arrays.stream(values()).filter(p -> p.label().equals(name)).findFirst();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
