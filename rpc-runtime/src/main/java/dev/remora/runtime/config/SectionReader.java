package dev.remora.runtime.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Setting;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what stands below one root, such as {@code remora.server}, against the settings declared for it. */
final class SectionReader {
    private final String root;
    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();
    private final Collection<String> knownKeys;
    private final InstalledResolvers resolvers;
    private final ConfigProblems problems;
    private final Map<String, Object> values = new HashMap<>();

    /**
     * @param knownKeys all keys of the tree, to guess what an unknown one was meant to be
     * @param resolvers that say whether a target is well formed
     */
    SectionReader(
            String root,
            List<Setting<?>> settings,
            Collection<String> knownKeys,
            InstalledResolvers resolvers,
            ConfigProblems problems) {
        this.root = root;
        this.resolvers = resolvers;
        this.knownKeys = knownKeys;
        this.problems = problems;
        settings.forEach(s -> this.settings.put(s.name(), s));
    }

    /** The values that are set and good, by name of the setting. */
    Map<String, Object> read(ConfigObject section) {
        walk(section, "");
        return values;
    }

    static String unknown(String key, Collection<String> knownKeys) {
        return "unknown key"
                + NearestKey.of(key, knownKeys)
                        .map(k -> "; did you mean " + k + "?")
                        .orElse("; docs/configuration.md lists the known ones");
    }

    private void walk(ConfigObject object, String prefix) {
        // Sorted: the order of a HOCON object's keys is arbitrary.
        new TreeMap<>(object).forEach((word, value) -> {
            String name = prefix + word;
            Setting<?> setting = settings.get(name);
            if (setting != null) {
                // null is HOCON's way to say "not set"
                if (value.valueType() != ConfigValueType.NULL) {
                    readOne(setting, value);
                }
            } else if (value instanceof ConfigObject inner && isPrefix(name + ".")) {
                walk(inner, name + ".");
            } else {
                String key = root + "." + name;
                problems.add(key, value, unknown(key, knownKeys));
            }
        });
    }

    private boolean isPrefix(String prefix) {
        return settings.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    private void readOne(Setting<?> setting, ConfigValue value) {
        try {
            Object read = SettingReader.read(setting, value);
            checkAddresses(setting, read);
            values.put(setting.name(), read);
        } catch (SettingReader.BadValueException | IllegalArgumentException e) {
            problems.add(root + "." + setting.name(), value, String.valueOf(e.getMessage()));
        }
    }

    /** The settings of ours that hold addresses; a transport checks its own when it is made. */
    @SuppressWarnings("ReferenceEquality") // settings of different owners may be equal
    private void checkAddresses(Setting<?> setting, Object read) {
        if (setting == ServerSettings.ADDRESS) {
            Endpoint.parse(String.valueOf(read));
        } else if (setting == MetricsSettings.PROMETHEUS_ADDRESS && !read.equals("")) {
            Endpoint.parse(String.valueOf(read));
        } else if (setting == ClientSettings.TARGET && read instanceof List<?> targets && !targets.isEmpty()) {
            resolvers.check(RemoraConfig.target(targets));
        } else if (setting == ServerSettings.REGISTER && !read.equals("")) {
            resolvers.target(String.valueOf(read));
        }
    }
}
