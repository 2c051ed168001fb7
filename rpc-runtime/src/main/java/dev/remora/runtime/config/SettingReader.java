package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigMemorySize;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.remora.spi.Setting;
import java.math.BigDecimal;

/** Reads one value as its setting says, and checks it. */
final class SettingReader {
    private SettingReader() {}

    /** The default of a setting; it is held to the same checks as any other value. */
    static <T> T defaultOf(Setting<T> setting) {
        String literal = setting.type() == Setting.Type.TEXT ? quote(setting.defaultText()) : setting.defaultText();
        return read(ConfigFactory.parseString("v = " + literal), "v", setting);
    }

    private static String quote(String text) {
        return ConfigValueFactory.fromAnyRef(text).render();
    }

    /**
     * The value at {@code path}.
     *
     * @throws IllegalArgumentException says what is wrong and what is allowed, without the key
     */
    @SuppressWarnings("unchecked")
    static <T> T read(Config config, String path, Setting<T> setting) {
        try {
            return (T)
                    switch (setting.type()) {
                        case LONG -> inRange(setting, config.getLong(path));
                        case BYTES -> inRange(setting, bytes(config, path));
                        case DURATION ->
                            inRange(setting, config.getDuration(path).toNanos());
                        case DOUBLE -> inRange(setting, config.getDouble(path));
                        case BOOLEAN -> config.getBoolean(path);
                        case TEXT -> choice(setting, config.getString(path));
                        case TEXT_LIST -> config.getStringList(path);
                    };
        } catch (ConfigException | ArithmeticException e) {
            throw new IllegalArgumentException(render(config.getValue(path)) + " is not " + expected(setting), e);
        }
    }

    private static long bytes(Config config, String path) {
        ConfigMemorySize size = config.getMemorySize(path);
        return size.toBytes();
    }

    private static Number inRange(Setting<?> setting, Number value) {
        double d = value.doubleValue();
        if (!(d >= setting.min() && d <= setting.max())) {
            throw new IllegalArgumentException(number(setting, d) + " is out of range; allowed: "
                    + number(setting, setting.min()) + " to " + number(setting, setting.max()));
        }
        return value;
    }

    private static String choice(Setting<?> setting, String value) {
        if (!setting.choices().isEmpty() && !setting.choices().contains(value)) {
            throw new IllegalArgumentException("'" + value + "' is not one of " + String.join(", ", setting.choices()));
        }
        return value;
    }

    private static String render(ConfigValue value) {
        return "'" + value.unwrapped() + "'";
    }

    private static String expected(Setting<?> setting) {
        return switch (setting.type()) {
            case LONG -> "a whole number" + (setting.unit().isEmpty() ? "" : " of " + setting.unit());
            case BYTES -> "a number of bytes such as 64KiB";
            case DURATION -> "a duration such as 20s or 150ms";
            case DOUBLE -> "a number";
            case BOOLEAN -> "true or false";
            case TEXT -> "a text";
            case TEXT_LIST -> "a list of texts";
        };
    }

    /** A bound as people write it. */
    static String number(Setting<?> setting, double value) {
        if (setting.type() == Setting.Type.DURATION) {
            return value % 1e9 == 0 ? plain(value / 1e9) + "s" : plain(value / 1e6) + "ms";
        }
        if (setting.type() == Setting.Type.BYTES && value > 0) {
            if (value % (1 << 30) == 0) {
                return plain(value / (1 << 30)) + "GiB";
            }
            if (value % (1 << 20) == 0) {
                return plain(value / (1 << 20)) + "MiB";
            }
            return value % 1024 == 0 ? plain(value / 1024) + "KiB" : plain(value) + "B";
        }
        return plain(value);
    }

    private static String plain(double value) {
        return new BigDecimal(value).stripTrailingZeros().toPlainString();
    }
}
