package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.remora.spi.Setting;
import dev.remora.spi.TransportProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and checks the whole tree below {@code remora}, collecting every problem before it throws. */
final class ConfigTree {
    static final String ROOT = "remora";
    private static final Set<String> RESERVED =
            Set.of("transport", "server", "client", "clients", "metrics", "logging", "introspection", "resolve");

    private final ConfigProblems problems = new ConfigProblems();
    private final SortedMap<String, TransportProvider> providers;
    private final SortedMap<String, ConfigSection> sections;
    private final ConfigObject tree;
    private final ConfigObject namedClients;
    private final InstalledResolvers defaultResolvers;
    private final List<String> known = new ArrayList<>();

    private ConfigTree(
            Config raw, Collection<? extends TransportProvider> providers, Collection<ConfigSection> sections) {
        this.providers = byName(providers);
        this.sections = byName(sections, this.providers.keySet());
        this.tree = raw.hasPath(ROOT) ? section(raw.getValue(ROOT), ROOT) : emptySection();
        this.namedClients = tree.containsKey("clients") ? section(child("clients"), key("clients")) : emptySection();
        this.defaultResolvers = InstalledResolvers.withDefaults();
        collectKnownKeys();
    }

    /** @throws InvalidConfigException with everything that is wrong */
    static RemoraConfig read(
            Config raw, Collection<? extends TransportProvider> providers, Collection<ConfigSection> sections) {
        return new ConfigTree(raw, providers, sections).read();
    }

    private RemoraConfig read() {
        checkWords();
        DefaultValues transport = DefaultValues.of(TransportSettings.ALL).withChecked(readTransport());
        InstalledResolvers resolvers = readResolvers();
        DefaultValues server =
                DefaultValues.of(ServerSettings.ALL).withChecked(readSection("server", ServerSettings.ALL));
        Map<String, Object> forAllClients = readSection("client", ClientSettings.ALL);
        DefaultValues clientDefaults =
                DefaultValues.of(ClientSettings.withTarget()).withChecked(forAllClients);
        SortedMap<String, DefaultValues> clients = new TreeMap<>();
        namedClients.forEach((name, value) -> clients.put(
                name,
                clientDefaults.withChecked(readSection(key("clients." + name), ClientSettings.withTarget(), value))));
        DefaultValues metrics =
                DefaultValues.of(MetricsSettings.ALL).withChecked(readSection("metrics", MetricsSettings.ALL));
        DefaultValues logging =
                DefaultValues.of(LoggingSettings.ALL).withChecked(readSection("logging", LoggingSettings.ALL));
        DefaultValues introspection = DefaultValues.of(IntrospectionSettings.ALL)
                .withChecked(readSection("introspection", IntrospectionSettings.ALL));
        SortedMap<String, DefaultValues> more = new TreeMap<>();
        sections.forEach((name, section) -> more.put(
                name, DefaultValues.of(section.settings()).withChecked(readSection(name, section.settings()))));
        SortedMap<String, DefaultValues> transports = new TreeMap<>();
        providers.forEach((name, provider) -> transports.put(
                name, DefaultValues.of(provider.settings()).withChecked(readSection(name, provider.settings()))));
        Policies policies = readPolicies();
        AdmissionSettings.contradiction(server)
                .ifPresent(problem ->
                        problems.add(key("server." + AdmissionSettings.MAX_BYTES_IN_PROGRESS.name()), problem));
        problems.throwIfAny();
        return new RemoraConfig(
                transport.get(TransportSettings.TRANSPORT),
                server,
                clientDefaults,
                clients,
                policies,
                metrics,
                logging,
                introspection,
                more,
                transports,
                resolvers);
    }

    private InstalledResolvers readResolvers() {
        if (!tree.containsKey("resolve")) {
            return defaultResolvers;
        }
        String root = key("resolve");
        Map<String, DefaultValues> values = new TreeMap<>();
        new TreeMap<>(section(child("resolve"), root)).forEach((word, value) -> {
            List<Setting<?>> settings = defaultResolvers.settings().get(word);
            if (settings == null) {
                problems.add(
                        root + "." + word,
                        value,
                        SectionReader.unknown(root + "." + word, known) + "; resolvers here: "
                                + defaultResolvers.settings().keySet());
            } else {
                values.put(
                        word, DefaultValues.of(settings).withChecked(readSection(root + "." + word, settings, value)));
            }
        });
        return defaultResolvers.with(values);
    }

    private Policies readPolicies() {
        SortedMap<String, List<MethodValues.Policy>> ofClients = new TreeMap<>();
        namedClients.forEach((name, value) ->
                ofClients.put(name, readPolicies(key("clients." + name), ClientSettings.ofPolicy(), value)));
        return new Policies(
                readPolicies("server", AdmissionSettings.ofPolicy()),
                readPolicies("client", ClientSettings.ofPolicy()),
                ofClients);
    }

    private List<MethodValues.Policy> readPolicies(String word, List<Setting<?>> settings) {
        return tree.containsKey(word) ? readPolicies(key(word), settings, child(word)) : List.of();
    }

    /** A section that is none has been complained about already. */
    private List<MethodValues.Policy> readPolicies(String root, List<Setting<?>> settings, ConfigValue value) {
        return value instanceof ConfigObject section
                ? new PolicyReader(root, settings, known, defaultResolvers, problems).read(section)
                : List.of();
    }

    private static boolean hasPolicies(String root) {
        return root.equals(key("server")) || root.equals(key("client")) || root.startsWith(key("clients."));
    }

    private static SortedMap<String, TransportProvider> byName(Collection<? extends TransportProvider> providers) {
        SortedMap<String, TransportProvider> result = new TreeMap<>();
        for (TransportProvider provider : providers) {
            if (RESERVED.contains(provider.name())) {
                throw new IllegalArgumentException("no transport may be named " + provider.name() + ": "
                        + key(provider.name()) + " is a section of its own");
            }
            if (result.put(provider.name(), provider) != null) {
                throw new IllegalArgumentException("two transports are named " + provider.name());
            }
        }
        return result;
    }

    private static SortedMap<String, ConfigSection> byName(Collection<ConfigSection> sections, Set<String> transports) {
        SortedMap<String, ConfigSection> result = new TreeMap<>();
        for (ConfigSection section : sections) {
            if (RESERVED.contains(section.name()) || transports.contains(section.name())) {
                throw new IllegalArgumentException(
                        "no section may be named " + section.name() + ": there is one already");
            }
            if (result.put(section.name(), section) != null) {
                throw new IllegalArgumentException("two sections are named " + section.name());
            }
        }
        return result;
    }

    private void collectKnownKeys() {
        known.add(key("transport"));
        known.add(key("clients"));
        addKnown("server", ServerSettings.ALL);
        addKnown("client", ClientSettings.ALL);
        addKnown("metrics", MetricsSettings.ALL);
        addKnown("logging", LoggingSettings.ALL);
        sections.forEach((name, section) -> addKnown(name, section.settings()));
        addKnown("introspection", IntrospectionSettings.ALL);
        namedClients.keySet().forEach(name -> addKnown("clients." + name, ClientSettings.withTarget()));
        addKnownPolicies("server", tree.get("server"), AdmissionSettings.ofPolicy());
        addKnownPolicies("client", tree.get("client"), ClientSettings.ofPolicy());
        namedClients.forEach((name, value) -> addKnownPolicies("clients." + name, value, ClientSettings.ofPolicy()));
        providers.forEach((name, provider) -> addKnown(name, provider.settings()));
        known.add(key("resolve"));
        defaultResolvers.settings().forEach((name, settings) -> addKnown("resolve." + name, settings));
    }

    private void addKnown(String section, List<Setting<?>> settings) {
        known.add(key(section));
        settings.forEach(setting -> known.add(key(section + "." + setting.name())));
    }

    private void addKnownPolicies(String section, @Nullable ConfigValue present, List<Setting<?>> settings) {
        String path = key(section + "." + PolicyReader.WORD);
        known.add(path);
        if (present instanceof ConfigObject o && o.get(PolicyReader.WORD) instanceof ConfigObject named) {
            named.keySet().forEach(policy -> settings.forEach(s -> known.add(path + "." + policy + "." + s.name())));
        }
    }

    /** The words directly below the root. */
    private void checkWords() {
        new TreeMap<>(tree).forEach((word, value) -> {
            if (!RESERVED.contains(word) && !providers.containsKey(word) && !sections.containsKey(word)) {
                problems.add(
                        key(word),
                        value,
                        SectionReader.unknown(key(word), known)
                                + (value instanceof ConfigObject ? "; transports here: " + providers.keySet() : ""));
            }
        });
    }

    private Map<String, Object> readTransport() {
        Setting<String> setting = TransportSettings.TRANSPORT;
        String key = key(setting.name());
        if (!tree.containsKey(setting.name())) {
            if (!providers.isEmpty() && !providers.containsKey(setting.defaultText())) {
                problems.add(
                        key,
                        "is not set, and its default '" + setting.defaultText() + "' is no transport here; "
                                + known(providers.keySet()));
            }
            return Map.of();
        }
        ConfigValue value = child(setting.name());
        try {
            Object name = SettingReader.read(setting, value);
            if (!providers.containsKey(String.valueOf(name))) {
                problems.add(key, value, "'" + name + "' is no transport here; " + known(providers.keySet()));
            }
            return Map.of(setting.name(), name);
        } catch (SettingReader.BadValueException e) {
            problems.add(key, value, String.valueOf(e.getMessage()));
            return Map.of();
        }
    }

    private static String known(Set<String> names) {
        return names.isEmpty()
                ? "none is on the class path"
                : "allowed: " + String.join(", ", names) + " (others need their module on the class path)";
    }

    private Map<String, Object> readSection(String word, List<Setting<?>> settings) {
        return tree.containsKey(word) ? readSection(key(word), settings, child(word)) : Map.of();
    }

    private Map<String, Object> readSection(String root, List<Setting<?>> settings, ConfigValue value) {
        ConfigObject section = section(value, root);
        return new SectionReader(root, settings, known, defaultResolvers, problems)
                .read(hasPolicies(root) ? section.withoutKey(PolicyReader.WORD) : section);
    }

    private ConfigObject section(ConfigValue value, String key) {
        if (value instanceof ConfigObject object) {
            return object;
        }
        if (value.valueType() != ConfigValueType.NULL) {
            problems.add(key, value, "is a section: write " + key + " { ... }");
        }
        return emptySection();
    }

    private ConfigValue child(String word) {
        return Objects.requireNonNull(tree.get(word));
    }

    private static ConfigObject emptySection() {
        return ConfigFactory.empty().root();
    }

    private static String key(String name) {
        return ROOT + "." + name;
    }
}
