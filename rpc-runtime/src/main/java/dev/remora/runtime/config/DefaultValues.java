package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Defaults of declared settings, some of them replaced: settings without a configuration file. Immutable. */
public final class DefaultValues implements SettingValues {
    private final Map<Setting<?>, Object> values;

    private DefaultValues(Map<Setting<?>, Object> values) {
        this.values = values;
    }

    public static DefaultValues of(Collection<Setting<?>> settings) {
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : settings) {
            values.put(setting, SettingReader.defaultOf(setting));
        }
        return new DefaultValues(values);
    }

    /**
     * These values with one replaced.
     *
     * @throws IllegalArgumentException if the setting does not belong here or the value is out of range
     */
    public <T> DefaultValues with(Setting<T> setting, T value) {
        get(setting);
        if (value instanceof Number n && (n.doubleValue() < setting.min() || n.doubleValue() > setting.max())) {
            throw new IllegalArgumentException(setting.name() + " = " + value + " is out of range; allowed: "
                    + SettingReader.number(setting, setting.min()) + " to "
                    + SettingReader.number(setting, setting.max()));
        }
        Map<Setting<?>, Object> changed = new HashMap<>(values);
        changed.put(setting, value);
        return new DefaultValues(changed);
    }

    /** Values that were read and checked. */
    static DefaultValues ofChecked(Map<Setting<?>, Object> values) {
        return new DefaultValues(Map.copyOf(values));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException("setting '" + setting.name() + "' does not belong to these values");
        }
        return (T) value;
    }
}
