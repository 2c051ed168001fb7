package dev.remora.bench.pair;

import java.util.List;

/** Who takes part in a comparison: one way to carry messages between two processes. */
public interface Candidate {
    /** In options, tables and files; lower case words joined by '-'. */
    String name();

    /** What it is and how it is tuned, in one line. */
    String description();

    /** Flags that only the child processes of this candidate get, before the class name. */
    default List<String> jvmFlags() {
        return List.of();
    }
}
