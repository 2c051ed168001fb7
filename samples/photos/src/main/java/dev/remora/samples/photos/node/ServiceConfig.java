package dev.remora.samples.photos.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The configuration of one service. What comes first holds: system properties, the file of the user, the file that ships
 * with the service.
 */
public final class ServiceConfig {
    private ServiceConfig() {}

    /**
     * Reads it.
     *
     * @param service its name; {@code <name>.conf} ships with it
     * @throws ConfigException if the file is not there or cannot be read; the message says where
     */
    public static Config load(String service, Optional<Path> file) {
        Config chosen = file.map(path -> ConfigFactory.parseFile(
                        path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)))
                .orElseGet(ConfigFactory::empty);
        return ConfigFactory.defaultOverrides()
                .withFallback(chosen)
                .withFallback(shipped(service))
                .resolve();
    }

    /** The file that ships with a service. */
    public static Config shipped(String service) {
        return ConfigFactory.parseResources(
                ServiceConfig.class.getClassLoader(),
                service + ".conf",
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    /** The service's own database, below {@code photos.data-dir}. */
    public static Path dataDirectory(Config config) {
        return Path.of(config.getString("photos.data-dir"));
    }

    /** Most connections to the database at one time. */
    public static int connections(Config config) {
        return intBetween(config, "photos.database.connections", 1, 1000);
    }

    /** A whole number within bounds. */
    public static int intBetween(Config config, String key, int min, int max) {
        int value = config.getInt(key);
        if (value < min || value > max) {
            throw new ConfigException.BadValue(
                    config.getValue(key).origin(), key, "must be " + min + " to " + max + ", got " + value);
        }
        return value;
    }

    /** A size in bytes within bounds. */
    public static long bytesBetween(Config config, String key, long min, long max) {
        long value = config.getBytes(key);
        if (value < min || value > max) {
            throw new ConfigException.BadValue(
                    config.getValue(key).origin(), key, "must be " + min + " to " + max + " bytes, got " + value);
        }
        return value;
    }
}
