package dev.remora.cli.call;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that opens a transport, and the configuration they make. */
public final class ConnectionOptions {
    private static final List<TransportProvider> PROVIDERS = providers();

    @Option(
            names = {"-t", "--transport"},
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "${COMPLETION-CANDIDATES}; else what the configuration says, else tcp.")
    private @Nullable String transport;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration in HOCON. System properties go before it.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One key of the configuration, such as remora.client.max-response-bytes=64MiB; before all else.")
    private Map<String, String> keys = new HashMap<>();

    /** The transports that may be named. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            super(PROVIDERS.stream()
                    .map(TransportProvider::name)
                    .filter(name -> !name.equals("in-process"))
                    .sorted()
                    .toList());
        }
    }

    private static List<TransportProvider> providers() {
        return ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * The whole configuration.
     *
     * @throws dev.remora.runtime.config.InvalidConfigException if something in it is wrong
     */
    public RemoraConfig remora() {
        return RemoraConfig.of(tree(), PROVIDERS);
    }

    /** As {@link #remora}, unchecked and with what belongs to others. */
    public Config tree() {
        Map<String, Object> chosen = new HashMap<>(keys);
        if (transport != null) {
            chosen.put("remora.transport", transport);
        }
        try {
            Config file = config == null
                    ? ConfigFactory.empty()
                    : ConfigFactory.parseFile(
                            config.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
            ConfigFactory.invalidateCaches();
            return ConfigFactory.parseMap(chosen, "command line")
                    .withFallback(ConfigFactory.defaultOverrides())
                    .withFallback(file)
                    .resolve();
        } catch (ConfigException e) {
            throw new CallException("the configuration cannot be read: " + e.getMessage(), "check --config and --set");
        }
    }

    /** A transport as configured; the caller closes it. */
    public static Transport open(RemoraConfig remora) {
        for (TransportProvider provider : PROVIDERS) {
            if (provider.name().equals(remora.transportName())) {
                return provider.create(remora.transport(provider));
            }
        }
        throw new IllegalStateException("the configuration names a transport that is not there");
    }
}
