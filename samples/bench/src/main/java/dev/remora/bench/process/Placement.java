package dev.remora.bench.process;

import java.util.List;
import java.util.Locale;

/** Which cores the two processes may use. It moves results more than most contenders do. */
public enum Placement {
    SAME_CORE("client and server share core %1$d"),
    SPLIT("client on core %1$d, server on core %2$d"),
    FLOATING("both processes on any core");

    private final String text;

    Placement(String text) {
        this.text = text;
    }

    /** Cores it needs. */
    public int cores() {
        return this == SPLIT ? 2 : 1;
    }

    /** Cores of the client, empty for any. */
    public List<Integer> client(List<Integer> allowed) {
        return this == FLOATING ? List.of() : List.of(allowed.get(0));
    }

    /** Cores of the server, empty for any. */
    public List<Integer> server(List<Integer> allowed) {
        return switch (this) {
            case FLOATING -> List.of();
            case SAME_CORE -> List.of(allowed.get(0));
            case SPLIT -> List.of(allowed.get(1));
        };
    }

    public String describe(List<Integer> allowed) {
        return String.format(text, allowed.get(0), allowed.size() > 1 ? allowed.get(1) : allowed.get(0));
    }

    /** As written in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
