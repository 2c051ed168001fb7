package dev.remora.runtime.config;

import java.util.List;

/** The configuration has mistakes; the message lists all of them, one a line. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.size() + " mistakes in the configuration:\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line per mistake: key, where it stands, what is wrong, what is allowed. */
    public List<String> problems() {
        return problems;
    }
}
