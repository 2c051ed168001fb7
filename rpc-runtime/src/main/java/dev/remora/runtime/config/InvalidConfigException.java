package dev.remora.runtime.config;

import java.util.List;

/** The configuration cannot be used. The message lists every problem, so that one look at the file mends them all. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    InvalidConfigException(String problem, Throwable cause) {
        super(message(List.of(problem)), cause);
        this.problems = List.of(problem);
    }

    /** One text per problem: key, place, what is wrong, what is allowed. At least one, in the order of the keys. */
    public List<String> problems() {
        return problems;
    }

    private static String message(List<String> problems) {
        return problems.size() == 1
                ? "bad configuration: " + problems.get(0)
                : "bad configuration, " + problems.size() + " problems:\n  " + String.join("\n  ", problems);
    }
}
