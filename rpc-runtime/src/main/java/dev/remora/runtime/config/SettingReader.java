package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.remora.spi.Setting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reads one value as its setting declares. Stricter than HOCON where leniency hides mistakes: 1.5 is no whole number, and
 * a duration other than 0 needs its unit (HOCON would take 20 for milliseconds).
 */
final class SettingReader {
    private static final String KEY = "v";

    private SettingReader() {}

    /** A value that cannot be read; the message says what is wrong and what is allowed, without the key. */
    static final class BadValueException extends Exception {
        private static final long serialVersionUID = 1;

        BadValueException(String message) {
            super(message, null, false, false);
        }
    }

    /** The default, which every declaration must get right. */
    static Object defaultOf(Setting<?> setting) {
        ConfigValue text = setting.type() == Setting.Type.TEXT_LIST
                        && setting.defaultText().equals("[]")
                ? ConfigValueFactory.fromIterable(List.of())
                : ConfigValueFactory.fromAnyRef(setting.defaultText());
        try {
            return read(setting, text);
        } catch (BadValueException e) {
            throw new IllegalArgumentException(
                    "setting " + setting.name() + " is declared with a bad default: " + e.getMessage(), e);
        }
    }

    /** Reads and checks. */
    static Object read(Setting<?> setting, ConfigValue value) throws BadValueException {
        Object result = parse(setting, value);
        Optional<String> problem = AllowedValues.problem(setting, result);
        if (problem.isPresent()) {
            throw new BadValueException(problem.get());
        }
        return result;
    }

    private static Object parse(Setting<?> setting, ConfigValue value) throws BadValueException {
        boolean list = value.valueType() == ConfigValueType.LIST;
        // System properties spell a list as an object with the keys 0, 1, 2.
        boolean object = value.valueType() == ConfigValueType.OBJECT;
        if (setting.type() == Setting.Type.TEXT_LIST ? object && !isNumbered(value) : object || list) {
            throw new BadValueException("is " + (list ? "a list" : "an object") + "; " + AllowedValues.words(setting));
        }
        Config config = value.atKey(KEY);
        try {
            return switch (setting.type()) {
                case LONG -> new BigDecimal(config.getString(KEY).strip()).longValueExact();
                case BYTES -> config.getBytes(KEY);
                case DURATION -> duration(config);
                case DOUBLE -> Double.valueOf(config.getString(KEY).strip());
                case BOOLEAN -> config.getBoolean(KEY);
                case TEXT -> config.getString(KEY).strip();
                case TEXT_LIST -> texts(config, list || object);
            };
        } catch (ConfigException | ArithmeticException | IllegalArgumentException e) {
            // The cause's text speaks of our stand-in key; the allowed values say more.
            throw new BadValueException("'" + value.unwrapped() + "' is not allowed; " + AllowedValues.words(setting));
        }
    }

    private static boolean isNumbered(ConfigValue value) {
        return value instanceof com.typesafe.config.ConfigObject o
                && !o.isEmpty()
                && o.keySet().stream().allMatch(k -> k.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    private static Long duration(Config config) {
        String text = config.getString(KEY).strip();
        if (!text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1))) {
            if (new BigDecimal(text).signum() == 0) {
                return 0L;
            }
            throw new IllegalArgumentException("no unit");
        }
        // HOCON's units are case-sensitive; nobody means megaseconds.
        Config lower =
                ConfigValueFactory.fromAnyRef(text.toLowerCase(Locale.ROOT)).atKey(KEY);
        return lower.getDuration(KEY, TimeUnit.NANOSECONDS);
    }

    private static List<String> texts(Config config, boolean list) {
        List<String> raw =
                list ? config.getStringList(KEY) : List.of(config.getString(KEY).split(",", -1));
        List<String> result = new ArrayList<>();
        for (String text : raw) {
            if (!text.isBlank()) {
                result.add(text.strip());
            }
        }
        return List.copyOf(result);
    }
}
