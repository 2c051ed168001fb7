package dev.remora.tcp;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.HashMap;
import java.util.Map;

/** Values set by hand in a builder; what is not set has its default. Not thread-safe while being filled. */
final class ChosenValues implements SettingValues {
    private final Map<Setting<?>, Object> chosen = new HashMap<>();

    <T> void set(Setting<T> setting, T value) {
        if (!TcpSettings.ALL.contains(setting)) {
            throw new IllegalArgumentException("'" + setting.name() + "' is not a setting of the tcp transport");
        }
        if (value instanceof Number n && (n.doubleValue() < setting.min() || n.doubleValue() > setting.max())) {
            throw new IllegalArgumentException("tcp." + setting.name() + " = " + value + " is outside "
                    + (long) setting.min() + " to " + (long) setting.max() + " (" + setting.type() + ")");
        }
        if (!setting.choices().isEmpty() && !setting.choices().contains(value.toString())) {
            throw new IllegalArgumentException(
                    "tcp." + setting.name() + " = " + value + " is none of " + setting.choices());
        }
        chosen.put(setting, value);
    }

    @Override
    @SuppressWarnings("unchecked") // set() and parse() give each setting a value of its own type
    public <T> T get(Setting<T> setting) {
        Object value = chosen.get(setting);
        return (T) (value != null ? value : parseDefault(setting));
    }

    private static Object parseDefault(Setting<?> setting) {
        String text = setting.defaultText();
        return switch (setting.type()) {
            case LONG -> Long.valueOf(text);
            case BYTES, DURATION -> withUnit(text);
            case DOUBLE -> Double.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
            case TEXT, TEXT_LIST -> text;
        };
    }

    /** Only the units that TcpSettings writes its own defaults in. */
    private static long withUnit(String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        long factor = switch (text.substring(digits)) {
            case "B" -> 1;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            default -> throw new IllegalArgumentException("default '" + text + "' has an unknown unit");
        };
        return Long.parseLong(text.substring(0, digits)) * factor;
    }
}
