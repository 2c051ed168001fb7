package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values of a fixed set of settings: their defaults, some of them replaced. For programs that configure by code instead of
 * HOCON, and for tests. Immutable.
 */
public final class DefaultValues implements SettingValues {
    private final Map<String, Setting<?>> settings;
    private final Map<String, Object> values;

    private DefaultValues(Map<String, Setting<?>> settings, Map<String, Object> values) {
        this.settings = settings;
        this.values = values;
    }

    /**
     * The defaults of all these settings.
     *
     * @throws IllegalArgumentException if two have one name or a declared default is not allowed by its own declaration
     */
    public static DefaultValues of(Collection<? extends Setting<?>> settings) {
        Map<String, Setting<?>> byName = new LinkedHashMap<>();
        Map<String, Object> values = new HashMap<>();
        for (Setting<?> setting : settings) {
            if (byName.put(setting.name(), setting) != null) {
                throw new IllegalArgumentException("setting " + setting.name() + " is declared twice");
            }
            values.put(setting.name(), SettingReader.defaultOf(setting));
        }
        return new DefaultValues(byName, values);
    }

    /**
     * These values, with another one for a setting: bytes and durations (nanoseconds) as Long.
     *
     * @throws IllegalArgumentException if the setting is not one of these, or does not allow the value
     */
    public <T> DefaultValues with(Setting<T> setting, T value) {
        return withAllowed(known(setting), value);
    }

    /**
     * As {@link #with(Setting, Object)}, for a setting that is known by its name only.
     *
     * @throws IllegalArgumentException if no setting has that name, or does not allow the value
     */
    public DefaultValues with(String name, Object value) {
        Setting<?> known = settings.get(name);
        if (known == null) {
            throw unknown(name);
        }
        return withAllowed(known, value);
    }

    private DefaultValues withAllowed(Setting<?> known, Object value) {
        AllowedValues.problem(known, value).ifPresent(problem -> {
            throw new IllegalArgumentException("setting " + known.name() + ": " + problem);
        });
        return withChecked(Map.of(known.name(), value));
    }

    /** These values, overlaid with others that were read and checked already. */
    DefaultValues withChecked(Map<String, Object> overrides) {
        Map<String, Object> merged = new HashMap<>(values);
        merged.putAll(overrides);
        return new DefaultValues(settings, merged);
    }

    @Override
    @SuppressWarnings("unchecked") // the declaration's type was checked when the value came in
    public <T> T get(Setting<T> setting) {
        return (T) values.getOrDefault(known(setting).name(), "");
    }

    private Setting<?> known(Setting<?> setting) {
        Setting<?> known = settings.get(setting.name());
        if (known == null || known.type() != setting.type()) {
            throw unknown(setting.name());
        }
        return known;
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("setting " + name + " is not one of " + settings.keySet());
    }

    @Override
    public String toString() {
        Map<String, String> texts = new LinkedHashMap<>();
        settings.forEach(
                (name, setting) -> texts.put(name, AllowedValues.text(setting, values.getOrDefault(name, ""))));
        return texts.toString();
    }
}
