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

/** Reads and checks the whole tree below {@code remora}, collecting every problem before it throws. */
final class ConfigTree {
    static final String ROOT = "remora";
    private static final Set<String> RESERVED = Set.of("transport", "server", "client", "clients", "metrics");

    private final ConfigProblems problems = new ConfigProblems();
    private final SortedMap<String, TransportProvider> providers;
    private final ConfigObject tree;
    private final ConfigObject namedClients;
    private final List<String> known = new ArrayList<>();

    private ConfigTree(Config raw, Collection<? extends TransportProvider> providers) {
        this.providers = byName(providers);
        this.tree = raw.hasPath(ROOT) ? section(raw.getValue(ROOT), ROOT) : emptySection();
        this.namedClients = tree.containsKey("clients") ? section(child("clients"), key("clients")) : emptySection();
        collectKnownKeys();
    }

    /** @throws InvalidConfigException with everything that is wrong */
    static RemoraConfig read(Config raw, Collection<? extends TransportProvider> providers) {
        return new ConfigTree(raw, providers).read();
    }

    private RemoraConfig read() {
        checkWords();
        DefaultValues transport = DefaultValues.of(TransportSettings.ALL).withChecked(readTransport());
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
        SortedMap<String, DefaultValues> transports = new TreeMap<>();
        providers.forEach((name, provider) -> transports.put(
                name, DefaultValues.of(provider.settings()).withChecked(readSection(name, provider.settings()))));
        problems.throwIfAny();
        return new RemoraConfig(
                transport.get(TransportSettings.TRANSPORT), server, clientDefaults, clients, metrics, transports);
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

    private void collectKnownKeys() {
        known.add(key("transport"));
        known.add(key("clients"));
        addKnown("server", ServerSettings.ALL);
        addKnown("client", ClientSettings.ALL);
        addKnown("metrics", MetricsSettings.ALL);
        namedClients.keySet().forEach(name -> addKnown("clients." + name, ClientSettings.withTarget()));
        providers.forEach((name, provider) -> addKnown(name, provider.settings()));
    }

    private void addKnown(String section, List<Setting<?>> settings) {
        known.add(key(section));
        settings.forEach(setting -> known.add(key(section + "." + setting.name())));
    }

    /** The words directly below the root. */
    private void checkWords() {
        new TreeMap<>(tree).forEach((word, value) -> {
            if (!RESERVED.contains(word) && !providers.containsKey(word)) {
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
        return new SectionReader(root, settings, known, problems).read(section(value, root));
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
