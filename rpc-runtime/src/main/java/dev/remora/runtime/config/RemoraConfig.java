package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportProvider;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The checked configuration of a process: everything below {@code remora}. Keys beside {@code remora} are the
 * application's own and are not looked at. Everything is checked when it is made, also sections that will not be used;
 * reading it later cannot fail for a bad value. Immutable.
 */
public final class RemoraConfig {
    private final String transportName;
    private final SettingValues server;
    private final SettingValues clientDefaults;
    private final SortedMap<String, DefaultValues> clients;
    private final Policies policies;
    private final SettingValues metrics;
    private final SettingValues logging;
    private final SettingValues introspection;
    private final Map<String, DefaultValues> sections;
    private final Map<String, DefaultValues> transports;
    private final InstalledResolvers resolvers;

    RemoraConfig(
            String transportName,
            SettingValues server,
            SettingValues clientDefaults,
            SortedMap<String, DefaultValues> clients,
            Policies policies,
            SettingValues metrics,
            SettingValues logging,
            SettingValues introspection,
            Map<String, DefaultValues> sections,
            Map<String, DefaultValues> transports,
            InstalledResolvers resolvers) {
        this.transportName = transportName;
        this.server = server;
        this.clientDefaults = clientDefaults;
        this.clients = clients;
        this.policies = policies;
        this.metrics = metrics;
        this.logging = logging;
        this.introspection = introspection;
        this.sections = sections;
        this.transports = transports;
        this.resolvers = resolvers;
    }

    /**
     * Checks a configuration that the application has loaded.
     *
     * @param raw whole tree of the application, {@code remora} and others; resolved here
     * @param providers all transports that may be chosen
     * @throws InvalidConfigException with everything that is wrong
     */
    public static RemoraConfig of(Config raw, Collection<? extends TransportProvider> providers) {
        return of(raw, providers, List.of());
    }

    /**
     * Checks a configuration that the application has loaded.
     *
     * @param raw whole tree of the application, {@code remora} and others; resolved here
     * @param providers all transports that may be chosen
     * @param sections what optional modules add
     * @throws InvalidConfigException with everything that is wrong
     */
    public static RemoraConfig of(
            Config raw, Collection<? extends TransportProvider> providers, Collection<ConfigSection> sections) {
        return ConfigTree.read(guarded("the configuration", raw::resolve), providers, sections);
    }

    /**
     * Loads as {@link ConfigFactory#load()} does: {@code application.conf} from the class path or what the system property
     * {@code config.file} names, with {@code reference.conf} below and system properties above.
     *
     * @throws InvalidConfigException with everything that is wrong
     */
    public static RemoraConfig load(Collection<? extends TransportProvider> providers) {
        return ConfigTree.read(
                guarded("the configuration", () -> {
                    ConfigFactory.invalidateCaches(); // system properties may have been set since it last looked
                    return ConfigFactory.load();
                }),
                providers,
                List.of());
    }

    /**
     * Loads a HOCON file, with system properties above it ({@code -Dremora.transport=homa}).
     *
     * @throws InvalidConfigException with everything that is wrong, or if the file cannot be read
     */
    public static RemoraConfig load(Path file, Collection<? extends TransportProvider> providers) {
        return ConfigTree.read(
                guarded(file.toString(), () -> overridden(ConfigFactory.parseFile(file.toFile(), strict()))),
                providers,
                List.of());
    }

    /**
     * Loads a HOCON resource of the thread's class loader, with system properties above it.
     *
     * @param resource path without leading slash
     * @throws InvalidConfigException with everything that is wrong, or if there is no such resource
     */
    public static RemoraConfig loadResource(String resource, Collection<? extends TransportProvider> providers) {
        return ConfigTree.read(
                guarded(resource, () -> overridden(ConfigFactory.parseResourcesAnySyntax(resource, strict()))),
                providers,
                List.of());
    }

    private static ConfigParseOptions strict() {
        return ConfigParseOptions.defaults().setAllowMissing(false);
    }

    private static Config overridden(Config file) {
        Properties properties = (Properties) System.getProperties().clone();
        ConfigParseOptions origin = ConfigParseOptions.defaults().setOriginDescription("system property");
        return ConfigFactory.parseProperties(properties, origin)
                .withFallback(file)
                .resolve();
    }

    private static Config guarded(String source, Supplier<Config> load) {
        try {
            return load.get();
        } catch (ConfigException e) {
            // Parse errors and unresolved substitutions carry file and line in their text.
            throw new InvalidConfigException(source + ": " + e.getMessage(), e);
        }
    }

    /** Name of the chosen transport, one of the providers'. */
    public String transportName() {
        return transportName;
    }

    /** Values of {@link ServerSettings}. */
    public SettingValues server() {
        return server;
    }

    /**
     * Values of {@link ClientSettings} for a channel: those below {@code remora.clients.<name>}, else those below
     * {@code remora.client}, else the defaults. The name need not stand in the configuration.
     */
    public SettingValues client(String name) {
        DefaultValues named = clients.get(name);
        return named == null ? clientDefaults : named;
    }

    /** Values of {@link ServerSettings} with the policies below {@code remora.server.policies}. */
    public MethodValues serverMethods() {
        return MethodValues.uniform(server).plus(policies.server());
    }

    /**
     * As {@link #client}, with the policies below {@code remora.client.policies} and, over them, those below
     * {@code remora.clients.<name>.policies}.
     */
    public MethodValues clientMethods(String name) {
        return MethodValues.uniform(client(name))
                .plus(policies.forAllClients())
                .plus(policies.ofClients().getOrDefault(name, List.of()));
    }

    /** Names below {@code remora.clients}. */
    public SortedSet<String> clientNames() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(clients.keySet()));
    }

    /**
     * Where a client's service is, as a target for {@link #resolvers}.
     *
     * @throws InvalidConfigException if it is not set
     */
    public String target(String name) {
        List<String> targets = client(name).get(ClientSettings.TARGET);
        if (targets.isEmpty()) {
            throw new InvalidConfigException(List.of("remora.clients." + name
                    + ".target: is not set, and client '" + name + "' is used; set it to host:port of its service"
                    + (clients.isEmpty() ? "" : " (clients in the configuration: " + clientNames() + ")")));
        }
        return target(targets);
    }

    /** The parts of a list, or of a text that was cut at its commas, as one target. */
    static String target(List<?> parts) {
        return parts.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** What turns targets into addresses, with its settings. */
    public InstalledResolvers resolvers() {
        return resolvers;
    }

    /** Values of {@link MetricsSettings}. */
    public SettingValues metrics() {
        return metrics;
    }

    /** Values of {@link LoggingSettings}. */
    public SettingValues logging() {
        return logging;
    }

    /** Values of {@link IntrospectionSettings}. */
    public SettingValues introspection() {
        return introspection;
    }

    /**
     * Values of an optional module's settings.
     *
     * @throws IllegalArgumentException if this configuration was made without the section
     */
    public SettingValues section(ConfigSection section) {
        DefaultValues values = sections.get(section.name());
        if (values == null) {
            throw new IllegalArgumentException("the configuration was read without section " + section.name());
        }
        return values;
    }

    /**
     * Values of a transport's settings.
     *
     * @throws IllegalArgumentException if this configuration was made without the provider
     */
    public SettingValues transport(TransportProvider provider) {
        DefaultValues values = transports.get(provider.name());
        if (values == null) {
            throw new IllegalArgumentException("the configuration was read without transport " + provider.name()
                    + ", only for " + transports.keySet());
        }
        return values;
    }
}
