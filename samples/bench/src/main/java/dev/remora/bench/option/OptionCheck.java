package dev.remora.bench.option;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses a command's wrong options as picocli does its own: a message, the usage, exit code 2. */
public final class OptionCheck {
    private final CommandSpec spec;

    /** @param spec as picocli has set it in the command that runs */
    public OptionCheck(@Nullable CommandSpec spec) {
        this.spec = Objects.requireNonNull(spec, "the command was not made by picocli");
    }

    /** To be thrown. @param message begins with the option */
    public ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    public void require(boolean holds, String message) {
        if (!holds) {
            throw wrong(message);
        }
    }

    /** @return the value */
    public int inRange(String option, int value, int min, int max) {
        require(value >= min && value <= max, option + ": " + value + " is outside " + min + " to " + max);
        return value;
    }

    /** @return the values, each once */
    public List<Integer> inRange(String option, List<Integer> values, int min, int max) {
        values.forEach(value -> inRange(option, value, min, max));
        return values.stream().distinct().toList();
    }
}
