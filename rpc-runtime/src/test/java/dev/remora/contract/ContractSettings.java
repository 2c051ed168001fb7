package dev.remora.contract;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportProvider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A provider's default settings with some overridden. Strict: unknown names and values out of range are errors. */
public final class ContractSettings implements SettingValues {
    private static final Pattern QUANTITY = Pattern.compile("(-?[0-9.]+)\\s*([A-Za-z]*)");
    private static final Map<String, Double> BYTES = Map.of(
            "", 1.0, "B", 1.0, "KB", 1e3, "MB", 1e6, "GB", 1e9, "KiB", 1024.0, "MiB", 1048576.0, "GiB", 1073741824.0);
    private static final Map<String, Double> NANOSECONDS =
            Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9, "d", 86_400e9);

    private final Map<String, Setting<?>> known;
    private final Map<String, String> texts;

    private ContractSettings(Map<String, Setting<?>> known, Map<String, String> texts) {
        this.known = known;
        this.texts = texts;
    }

    public static ContractSettings of(TransportProvider provider, Map<String, String> overrides) {
        Map<String, Setting<?>> known = new TreeMap<>();
        provider.settings().forEach(setting -> known.put(setting.name(), setting));
        return new ContractSettings(known, Map.of()).with(overrides);
    }

    public ContractSettings with(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(texts);
        overrides.forEach((name, text) -> {
            if (!known.containsKey(name)) {
                throw new IllegalArgumentException("no setting '" + name + "': there are " + known.keySet());
            }
            all.put(name, text);
        });
        return new ContractSettings(known, all);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        if (!known.containsKey(setting.name())) {
            throw new IllegalArgumentException("the provider does not declare the setting '" + setting.name() + "'");
        }
        String text = texts.getOrDefault(setting.name(), setting.defaultText());
        return (T)
                switch (setting.type()) {
                    case LONG -> Math.round(inRange(setting, quantity(setting, text, Map.of("", 1.0))));
                    case BYTES -> Math.round(inRange(setting, quantity(setting, text, BYTES)));
                    case DURATION -> Math.round(inRange(setting, quantity(setting, text, NANOSECONDS)));
                    case DOUBLE -> inRange(setting, quantity(setting, text, Map.of("", 1.0)));
                    case BOOLEAN -> Boolean.parseBoolean(text);
                    case TEXT -> text;
                    case TEXT_LIST -> list(text);
                };
    }

    private static double quantity(Setting<?> setting, String text, Map<String, Double> units) {
        Matcher matcher = QUANTITY.matcher(text);
        Double unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "' is no value for " + setting.name());
        }
        return Double.parseDouble(matcher.group(1)) * unit;
    }

    private static double inRange(Setting<?> setting, double value) {
        if (value < setting.min() || value > setting.max()) {
            throw new IllegalArgumentException(
                    setting.name() + ": " + value + " is outside " + setting.min() + " to " + setting.max());
        }
        return value;
    }

    private static List<String> list(String text) {
        String inner = text.strip().replaceAll("^\\[|]$", "").strip();
        return inner.isEmpty()
                ? List.of()
                : Arrays.stream(inner.split(",")).map(String::strip).toList();
    }
}
