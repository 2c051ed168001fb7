package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.remora.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one section of the tree against its declared settings and collects every mistake in it. */
final class SectionReader {
    private final Config root;
    private final List<String> problems;

    /** @param root what stands below {@code remora} */
    SectionReader(Config root, List<String> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** Values of the section; what it leaves out comes from {@code fallback} or from the defaults. */
    DefaultValues read(String section, Collection<Setting<?>> settings, @Nullable DefaultValues fallback) {
        Config config = root.hasPath(section) ? root.getConfig(section) : null;
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : settings) {
            values.put(setting, value(section, config, setting, fallback));
        }
        if (config != null) {
            reportUnknown(section, config, settings);
        }
        return DefaultValues.ofChecked(values);
    }

    private Object value(
            String section, @Nullable Config config, Setting<?> setting, @Nullable DefaultValues fallback) {
        if (config != null && config.hasPath(setting.name())) {
            try {
                return SettingReader.read(config, setting.name(), setting);
            } catch (IllegalArgumentException e) {
                report(section + "." + setting.name(), config.getValue(setting.name()), String.valueOf(e.getMessage()));
            }
        }
        return fallback == null || setting.equals(ClientSettings.TARGET)
                ? SettingReader.defaultOf(setting)
                : fallback.get(setting);
    }

    private void reportUnknown(String section, Config config, Collection<Setting<?>> settings) {
        List<String> known = settings.stream().map(Setting::name).toList();
        for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
            String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            if (!known.contains(name)) {
                report(section + "." + name, entry.getValue(), "is not a setting" + nearest(name, known));
            }
        }
    }

    void report(String path, ConfigValue value, String problem) {
        problems.add("remora." + path + " (" + value.origin().description() + "): " + problem);
    }

    /** What the author may have meant. */
    static String nearest(String name, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best == null
                ? "; known: " + String.join(", ", new ArrayList<>(known))
                : "; did you mean '" + best + "'?";
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int next = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
