package dev.remora.runtime.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that everything is told at once. */
final class ConfigProblems {
    private final List<String> problems = new ArrayList<>();

    /** Something about a value that stands in a file. */
    void add(String key, ConfigValue value, String what) {
        problems.add(key + " (" + place(value.origin()) + "): " + what);
    }

    /** Something about a key that is set nowhere. */
    void add(String key, String what) {
        problems.add(key + ": " + what);
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }

    /** Such as {@code /etc/app.conf:12}. */
    static String place(ConfigOrigin origin) {
        String source = origin.description();
        if (origin.filename() != null) {
            source = origin.filename();
        } else if (origin.resource() != null) {
            source = origin.resource();
        } else if (origin.lineNumber() > 0) {
            // The description of other sources ends with the line already.
            return source.replaceFirst(": (\\d+)$", ":$1");
        }
        return origin.lineNumber() > 0 ? source + ":" + origin.lineNumber() : source;
    }
}
