package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import dev.remora.spi.TransportProvider;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Renders docs/configuration.md from the declarations, so that it cannot say anything else than the code does. */
public final class ConfigurationDoc {
    /** Last line of what does not depend on the transports; theirs follow. */
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
                target = ["media-1.example.net:7000", "media-2.example.net:7000"]
                max-response-bytes = 16MiB
              }
              metrics.prometheus.address = "127.0.0.1:9464"
            }
            ```
            """;

    private ConfigurationDoc() {}

    /** The whole document: {@link #runtimePart} and the sections of these transports, sorted by name. */
    public static String render(Collection<? extends TransportProvider> providers) {
        StringBuilder out = new StringBuilder(runtimePart());
        providers.stream()
                .sorted(Comparator.comparing(TransportProvider::name))
                .forEach(p -> section(
                        out,
                        "remora." + p.name(),
                        "Transport `" + p.name() + "`, chosen by `remora.transport = " + p.name() + "`.",
                        p.settings()));
        return out.toString();
    }

    /** What this module declares itself, up to and including the line {@link #TRANSPORTS_MARKER}. */
    public static String runtimePart() {
        StringBuilder out = new StringBuilder(HEAD);
        section(out, "remora", "The process.", TransportSettings.ALL);
        section(out, "remora.server", "Every server of the process.", ServerSettings.ALL);
        section(
                out,
                "remora.client",
                "Every channel of the process, unless its own section says otherwise.",
                ClientSettings.ALL);
        section(
                out,
                "remora.clients.<name>",
                "One channel, by the name the program gives it. What is not set here is taken from `remora.client`.",
                ClientSettings.withTarget());
        section(
                out,
                "remora.metrics",
                "Measuring calls; what is measured stands in [metrics.md](metrics.md).",
                MetricsSettings.ALL);
        return out.append('\n').append(TRANSPORTS_MARKER).append('\n').toString();
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
