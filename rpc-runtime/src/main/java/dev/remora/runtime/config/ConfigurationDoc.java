package dev.remora.runtime.config;

import dev.remora.runtime.resolve.NameResolverProvider;
import dev.remora.spi.Setting;
import dev.remora.spi.TransportProvider;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Renders docs/configuration.md from the declarations, so that it cannot say anything else than the code does. */
public final class ConfigurationDoc {
    /** Last line of what does not depend on transports and resolvers; theirs follow. */
    public static final String TRANSPORTS_MARKER = "<!-- transports -->";

    private static final String HEAD = """
            # Configuration

            Generated from the declarations of the settings; edit those.

            One [HOCON](https://github.com/lightbend/config/blob/main/HOCON.md) tree below `remora`. Keys beside it belong to
            the application. Everything is checked at the start: an unknown key or a bad value is an error that names the
            key, its file and line, and what is allowed, and all of them are told at once. System properties override the
            file (`-Dremora.transport=tcp`); `${?VARIABLE}` takes a value from the environment.

            Bytes are written as `65536` or `64KiB`, durations with their unit, as `20s` or `5ms`; only `0` needs none.

            ```hocon
            remora {
              transport = tcp
              server.address = "0.0.0.0:7000"
              client.timeout = 2s
              clients.users.target = "users.example.net:7000"
              clients.media {
                target = "dns:///media.example.net:7000"
                balance.policy = round-robin
                max-response-bytes = 16MiB
                policies.reads { methods = ["photos.v1.Media/Get*"], hedge.max-hedges = 1 }
              }
              metrics.prometheus.address = "127.0.0.1:9464"
            }
            ```
            """;

    private ConfigurationDoc() {}

    /**
     * The whole document: {@link #runtimePart}, then the sections of optional modules, transports and resolvers, each sorted
     * by name.
     */
    public static String render(
            Collection<? extends TransportProvider> providers,
            Collection<? extends NameResolverProvider> resolvers,
            Collection<ConfigSection> sections) {
        StringBuilder out = new StringBuilder(runtimePart());
        sections.stream()
                .sorted(Comparator.comparing(ConfigSection::name))
                .forEach(s -> section(out, "remora." + s.name(), s.about(), s.settings()));
        providers.stream()
                .sorted(Comparator.comparing(TransportProvider::name))
                .forEach(p -> section(
                        out,
                        "remora." + p.name(),
                        "Transport `" + p.name() + "`, chosen by `remora.transport = " + p.name() + "`.",
                        p.settings()));
        resolvers.stream()
                .filter(resolver -> !resolver.settings().isEmpty())
                .sorted(Comparator.comparing(NameResolverProvider::name))
                .forEach(resolver -> resolver(out, resolver));
        return out.toString();
    }

    /** What this module declares itself, up to and including the line {@link #TRANSPORTS_MARKER}. */
    public static String runtimePart() {
        StringBuilder out = new StringBuilder(HEAD);
        section(out, "remora", "The process.", TransportSettings.ALL);
        section(
                out,
                "remora.server",
                "Every server of the process. About admission and queue: [overload.md](overload.md).",
                ServerSettings.ALL);
        section(
                out,
                "remora.server.policies.<policy>",
                "Methods of a server, by policies of any name.",
                AdmissionSettings.ofPolicy());
        section(
                out,
                "remora.client",
                "Every channel of the process, unless its own section says otherwise. The keys of policies (below) may stand here"
                        + " too and hold for all methods then.",
                ClientSettings.OF_CHANNEL);
        section(
                out,
                "remora.clients.<name>",
                "One channel, by the name the program gives it. Beside this key it takes all of `remora.client`, which hold"
                        + " where it says nothing.",
                List.of(ClientSettings.TARGET));
        section(
                out,
                "remora.client.policies.<policy>",
                "Methods as clients call them, by policies of any name; also `remora.clients.<name>.policies.<policy>`, over"
                        + " those. About retries, hedging and breakers: [resilience.md](resilience.md).",
                ClientSettings.ofPolicy());
        section(
                out,
                "remora.metrics",
                "Measuring calls; what is measured stands in [metrics.md](metrics.md).",
                MetricsSettings.ALL);
        section(
                out,
                "remora.logging",
                "Logging calls; how it looks stands in [tracing-and-logging.md](tracing-and-logging.md).",
                LoggingSettings.ALL);
        section(
                out,
                "remora.introspection",
                "Watching calls: where their time goes stands in [why-slow.md](why-slow.md).",
                IntrospectionSettings.ALL);
        return out.append('\n').append(TRANSPORTS_MARKER).append('\n').toString();
    }

    private static void resolver(StringBuilder out, NameResolverProvider resolver) {
        String targets =
                resolver.schemes().stream().map(scheme -> "`" + scheme + ":`").collect(Collectors.joining(" and "));
        section(out, "remora.resolve." + resolver.name(), "Targets of " + targets + ".", resolver.settings());
    }

    private static void section(StringBuilder out, String root, String about, List<Setting<?>> settings) {
        out.append("\n## `").append(root).append("`\n\n").append(about).append("\n\n");
        if (settings.isEmpty()) {
            out.append("Nothing to set.\n");
            return;
        }
        out.append("| key | default | allowed | what it is for |\n|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            out.append("| `").append(setting.name()).append("` | ");
            out.append(setting.defaultText().isEmpty() ? "empty" : "`" + setting.defaultText() + "`");
            out.append(" | ").append(cell(AllowedValues.range(setting)));
            out.append(" | ").append(cell(setting.reason())).append(" |\n");
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }
}
