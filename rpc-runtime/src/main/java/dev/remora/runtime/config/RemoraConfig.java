package dev.remora.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The checked configuration below {@code remora}: transport, server, clients, metrics, and one section per transport.
 * Every mistake is found when it is read, and all are reported together. Keys outside {@code remora} are the
 * application's own. Immutable.
 */
public final class RemoraConfig {
    /** Which transport runs: the name of a provider. */
    static final Setting<String> TRANSPORT =
            Setting.text("transport", "tcp", "which transport carries the calls; the same services run on each");

    private final String transportName;
    private final DefaultValues server;
    private final DefaultValues client;
    private final Map<String, DefaultValues> clients;
    private final DefaultValues metrics;
    private final Map<String, DefaultValues> transports;

    private RemoraConfig(
            String transportName,
            DefaultValues server,
            DefaultValues client,
            Map<String, DefaultValues> clients,
            DefaultValues metrics,
            Map<String, DefaultValues> transports) {
        this.transportName = transportName;
        this.server = server;
        this.client = client;
        this.clients = clients;
        this.metrics = metrics;
        this.transports = transports;
    }

    /**
     * Reads and checks.
     *
     * @param raw the whole configuration; need not be resolved
     * @param providers the transports at choice
     * @throws InvalidConfigException listing every mistake with its place
     */
    public static RemoraConfig of(Config raw, Collection<TransportProvider> providers) {
        Config resolved = raw.resolve();
        Config root = resolved.hasPath("remora") ? resolved.getConfig("remora") : ConfigFactory.empty();
        List<String> problems = new ArrayList<>();
        SectionReader reader = new SectionReader(root, problems);

        Map<String, DefaultValues> transports = new TreeMap<>();
        for (TransportProvider provider : providers) {
            transports.put(provider.name(), reader.read(provider.name(), provider.settings(), null));
        }
        String transportName = transportName(root, transports.keySet(), reader, problems);
        DefaultValues server = reader.read("server", ServerSettings.ALL, null);
        DefaultValues client = reader.read("client", ClientSettings.ALL, null);
        Map<String, DefaultValues> clients = readClients(root, reader, client);
        DefaultValues metrics = reader.read("metrics", MetricsSettings.ALL, null);
        reportUnknownSections(root, transports.keySet(), reader);
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new RemoraConfig(transportName, server, client, clients, metrics, transports);
    }

    private static String transportName(Config root, Set<String> known, SectionReader reader, List<String> problems) {
        String chosen = root.hasPath(TRANSPORT.name())
                ? SettingReader.read(root, TRANSPORT.name(), TRANSPORT)
                : TRANSPORT.defaultText();
        if (!known.contains(chosen)) {
            String what = "'" + chosen + "' is not a transport that is installed here; there are: "
                    + (known.isEmpty() ? "none (install a transport's module)" : String.join(", ", known));
            if (root.hasPath(TRANSPORT.name())) {
                reader.report(TRANSPORT.name(), root.getValue(TRANSPORT.name()), what);
            } else {
                problems.add("remora.transport (default): " + what);
            }
        }
        return chosen;
    }

    private static Map<String, DefaultValues> readClients(Config root, SectionReader reader, DefaultValues defaults) {
        List<Setting<?>> settings = new ArrayList<>(ClientSettings.ALL);
        settings.add(ClientSettings.TARGET);
        Map<String, DefaultValues> clients = new TreeMap<>();
        if (!root.hasPath("clients")) {
            return clients;
        }
        for (Map.Entry<String, ConfigValue> entry : root.getObject("clients").entrySet()) {
            if (!(entry.getValue() instanceof ConfigObject)) {
                reader.report("clients." + entry.getKey(), entry.getValue(), "must be a section with a target");
                continue;
            }
            DefaultValues values = reader.read("clients.\"" + entry.getKey() + "\"", settings, defaults);
            String target = values.get(ClientSettings.TARGET);
            if (!target.isEmpty()) {
                try {
                    for (String one : target.split(",")) {
                        Endpoint.parse(one);
                    }
                } catch (IllegalArgumentException e) {
                    reader.report(
                            "clients." + entry.getKey() + ".target", entry.getValue(), String.valueOf(e.getMessage()));
                }
            }
            clients.put(entry.getKey(), values);
        }
        return clients;
    }

    private static void reportUnknownSections(Config root, Set<String> transports, SectionReader reader) {
        Set<String> known = new TreeSet<>(transports);
        known.addAll(List.of(TRANSPORT.name(), "server", "client", "clients", "metrics"));
        for (Map.Entry<String, ConfigValue> entry : root.root().entrySet()) {
            if (!known.contains(entry.getKey())) {
                reader.report(
                        entry.getKey(),
                        entry.getValue(),
                        "is neither a section nor an installed transport"
                                + SectionReader.nearest(entry.getKey(), known));
            }
        }
    }

    /** Name of the transport to run. */
    public String transportName() {
        return transportName;
    }

    /** Values of {@link ServerSettings}. */
    public SettingValues server() {
        return server;
    }

    /** Names below {@code remora.clients}. */
    public Set<String> clientNames() {
        return clients.keySet();
    }

    /** Values of {@link ClientSettings} for a channel: its own, else the defaults for all. */
    public SettingValues client(String name) {
        return clients.getOrDefault(name, client);
    }

    /**
     * Where the servers of a channel are.
     *
     * @throws InvalidConfigException if that is not said
     */
    public String target(String name) {
        DefaultValues values = clients.get(name);
        String target = values == null ? "" : values.get(ClientSettings.TARGET);
        if (target.isEmpty()) {
            throw new InvalidConfigException(List.of("remora.clients." + name
                    + ".target is not set: say where the servers are, such as \"127.0.0.1:7000\""));
        }
        return target;
    }

    /** Values of {@link MetricsSettings}. */
    public SettingValues metrics() {
        return metrics;
    }

    /** Values of a transport's own settings. */
    public SettingValues transport(TransportProvider provider) {
        DefaultValues values = transports.get(provider.name());
        if (values == null) {
            throw new IllegalArgumentException("transport " + provider.name() + " was not given when this was read");
        }
        return values;
    }
}
