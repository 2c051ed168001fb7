package dev.remora.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoraConfigTest {
    private static final List<FakeProvider> PROVIDERS = List.of(FakeProvider.TCP, FakeProvider.PIGEON);

    @TempDir
    Path dir;

    private static RemoraConfig parse(String hocon) {
        return RemoraConfig.of(ConfigFactory.parseString(hocon), PROVIDERS);
    }

    private static List<String> problems(String hocon) {
        return catchThrowableOfType(InvalidConfigException.class, () -> parse(hocon))
                .problems();
    }

    @Test
    void anEmptyConfigurationIsTheDefaults() {
        RemoraConfig config = parse("");

        assertThat(config.transportName()).isEqualTo("tcp");
        assertThat(config.server().get(ServerSettings.ADDRESS)).isEqualTo("127.0.0.1:0");
        assertThat(config.server().get(ServerSettings.MAX_CONCURRENT_CALLS)).isEqualTo(1000);
        assertThat(config.server().getInt(ServerSettings.MAX_REQUEST_BYTES)).isEqualTo(4 << 20);
        assertThat(config.server().get(ServerSettings.DRAIN_TIMEOUT)).isEqualTo(10_000_000_000L);
        assertThat(config.client("any").get(ClientSettings.TIMEOUT)).isZero();
        assertThat(config.clientNames()).isEmpty();
        assertThat(config.metrics().get(MetricsSettings.ENABLED)).isTrue();
        assertThat(config.metrics().get(MetricsSettings.PROMETHEUS_ADDRESS)).isEmpty();
        assertThat(config.transport(FakeProvider.TCP).get(FakeProvider.KEEPALIVE))
                .isEqualTo(20_000_000_000L);
    }

    @Test
    void valuesAreReadByTheirTypes() {
        RemoraConfig config = parse("""
                remora {
                  transport = pigeon
                  server { max-concurrent-calls = 7, max-request-bytes = 64KiB, drain-timeout = 0 }
                  metrics { jmx = on, prometheus.address = "[::1]:0", console.interval = 1500ms }
                  tcp { keepalive.interval = 5s, ratio = 1, mode = nio, nics = [a, b] }
                }
                other.key = "not ours"
                """);

        assertThat(config.transportName()).isEqualTo("pigeon");
        assertThat(config.server().get(ServerSettings.MAX_CONCURRENT_CALLS)).isEqualTo(7);
        assertThat(config.server().get(ServerSettings.MAX_REQUEST_BYTES)).isEqualTo(65_536);
        assertThat(config.server().get(ServerSettings.DRAIN_TIMEOUT)).isZero();
        assertThat(config.metrics().get(MetricsSettings.JMX)).isTrue();
        assertThat(config.metrics().get(MetricsSettings.CONSOLE_INTERVAL)).isEqualTo(1_500_000_000L);
        assertThat(config.transport(FakeProvider.TCP).get(FakeProvider.RATIO)).isEqualTo(1.0);
        assertThat(config.transport(FakeProvider.TCP).get(FakeProvider.MODE)).isEqualTo("nio");
        assertThat(config.transport(FakeProvider.TCP).get(FakeProvider.NICS)).containsExactly("a", "b");
    }

    @Test
    void aNamedClientOverridesWhatItSetsAndInheritsTheRest() {
        RemoraConfig config = parse("""
                remora.client { timeout = 2s, max-request-bytes = 1KiB }
                remora.clients.users { target = "users:7000, [::1]:7001", max-request-bytes = 2KiB }
                remora.clients.media.target = ["media:1"]
                """);

        assertThat(config.clientNames()).containsExactly("media", "users");
        assertThat(config.client("users").get(ClientSettings.TIMEOUT)).isEqualTo(2_000_000_000L);
        assertThat(config.client("users").get(ClientSettings.MAX_REQUEST_BYTES)).isEqualTo(2048);
        assertThat(config.client("media").get(ClientSettings.MAX_REQUEST_BYTES)).isEqualTo(1024);
        assertThat(config.client("absent").get(ClientSettings.MAX_REQUEST_BYTES))
                .isEqualTo(1024);
        assertThat(config.target("users")).isEqualTo("users:7000,[::1]:7001");
        assertThat(config.target("media")).isEqualTo("media:1");
    }

    @Test
    void aMissingTargetNamesTheKeyToSet() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> parse("remora.clients.users.timeout = 1s").target("users"))
                .withMessageContaining("remora.clients.users.target")
                .withMessageContaining("host:port");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> parse("remora.clients.users.target = \"a:1\"").target("user"))
                .withMessageContaining("remora.clients.user.target")
                .withMessageContaining("[users]");
    }

    @Test
    void everyProblemIsToldAtOnceWithFileAndLine() throws IOException {
        Path file = Files.writeString(dir.resolve("app.conf"), """
                remora {
                  transport = tpc
                  server {
                    max-concurent-calls = 10
                    max-request-bytes = 2GiB
                  }
                  clients.users {
                    targt = "users:1"
                  }
                  tcp.mode = kqueue
                }
                """);

        InvalidConfigException e =
                catchThrowableOfType(InvalidConfigException.class, () -> RemoraConfig.load(file, PROVIDERS));

        assertThat(e.problems()).hasSize(5);
        assertThat(e.getMessage())
                .contains("5 problems")
                .contains("remora.transport (" + file + ":2): 'tpc' is no transport here; allowed: pigeon, tcp")
                .contains("remora.server.max-concurent-calls (" + file
                        + ":4): unknown key; did you mean remora.server.max-concurrent-calls?")
                .contains("remora.server.max-request-bytes (" + file
                        + ":5): 2GiB is not allowed; allowed: bytes from 1 to 1GiB")
                .contains("remora.clients.users.targt (" + file
                        + ":8): unknown key; did you mean remora.clients.users.target?")
                .contains(
                        "remora.tcp.mode (" + file + ":10): 'kqueue' is not allowed; allowed: one of auto, nio, epoll");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server.max-concurrent-calls = 0 | a whole number from 1 to 1000000",
                "server.max-concurrent-calls = 1.5 | a whole number",
                "server.max-concurrent-calls = many | a whole number",
                "server.max-concurrent-calls = 99999999999999999999 | a whole number",
                "server.max-concurrent-calls = [1] | is a list",
                "server.max-concurrent-calls { a = 1 } | is an object",
                "server.max-request-bytes = -1 | bytes from 1",
                "server.max-request-bytes = 4MMB | such as 64KiB",
                "server.drain-timeout = 20 | with its unit",
                "server.drain-timeout = -1s | a duration from 0 to 1h",
                "server.drain-timeout = 999999999999999999d | a duration",
                "server.address = nowhere | write host:port",
                "server.address = \"\" | write host:port",
                "metrics.jmx = maybe | true or false",
                "metrics.prometheus.address = \"localhost:99999\" | outside 0 to 65535",
                "metrics.prometheus = 1 | unknown key",
                "clients.users.target = \"users:0\" | lacks the server's port",
                "clients.users.target { x = 1 } | is an object",
                "clients.users.target = \"dnss:///users:1\" | there is no scheme 'dnss'",
                "clients.users.target = \"dns:///users\" | a DNS target is dns:///host:port",
                "clients.users.target = [\"a:1\", \"a:1\"] | names a:1 twice",
                "clients.users.balance.policy = random | one of round-robin",
                "server.register = \"etcd://h/x\" | there is no scheme 'etcd'",
                "resolve.dnss.timeout = 1s | resolvers here: [dns, file, static]",
                "resolve.dns.timeouts = 1s | did you mean remora.resolve.dns.timeout?",
                "resolve.dns.timeout = 0 | is not allowed",
                "clients.users = 5 | is a section",
                "server = 5 | is a section",
                "tcp.ratio = 1.01 | a number from 0.0 to 1.0",
                "tcp.ratio = NaN | a number from 0.0 to 1.0",
                "tcp.keepalive = 5s | unknown key",
                "client.target = \"a:1\" | unknown key",
                "homa.link-gbps = 25 | transports here: [pigeon, tcp]",
                "pigeon.wings = 2 | unknown key",
                "clinets.users.target = \"a:1\" | did you mean remora.clients?",
            })
    void badValuesSayWhatIsAllowed(String line, String expected) {
        assertThat(problems("remora." + line)).singleElement().asString().contains(expected);
    }

    @Test
    void nullMeansNotSet() {
        assertThat(parse("remora.server.max-concurrent-calls = null").server().get(ServerSettings.MAX_CONCURRENT_CALLS))
                .isEqualTo(1000);
    }

    @Test
    void anAbsentDefaultTransportIsAnError() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> RemoraConfig.of(ConfigFactory.empty(), List.of(FakeProvider.PIGEON)))
                .withMessageContaining("remora.transport")
                .withMessageContaining("allowed: pigeon");
    }

    @Test
    void systemPropertiesOverrideTheFile() throws IOException {
        Path file = Files.writeString(dir.resolve("app.conf"), "remora { transport = tcp, tcp.nics = [a] }");
        System.setProperty("remora.transport", "pigeon");
        System.setProperty("remora.tcp.nics.0", "x");
        System.setProperty("remora.tcp.nics.1", "y");
        try {
            RemoraConfig config = RemoraConfig.load(file, PROVIDERS);

            assertThat(config.transportName()).isEqualTo("pigeon");
            assertThat(config.transport(FakeProvider.TCP).get(FakeProvider.NICS))
                    .containsExactly("x", "y");
        } finally {
            System.clearProperty("remora.transport");
            System.clearProperty("remora.tcp.nics.0");
            System.clearProperty("remora.tcp.nics.1");
        }
    }

    @Test
    void substitutionsAreResolved() {
        RemoraConfig config = parse("port = 70, remora.clients.a.target = \"h:\"${port}");

        assertThat(config.target("a")).isEqualTo("h:70");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> parse("remora.transport = ${nothing}"))
                .withMessageContaining("nothing");
    }

    @Test
    void unreadableSourcesNameThemselves() throws IOException {
        Path broken = Files.writeString(dir.resolve("broken.conf"), "remora {\n transport = \n");
        Path absent = dir.resolve("absent.conf");

        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> RemoraConfig.load(broken, PROVIDERS))
                .withMessageContaining(broken.toString());
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> RemoraConfig.load(absent, PROVIDERS))
                .withMessageContaining(absent.toString());
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> RemoraConfig.loadResource("no/such.conf", PROVIDERS))
                .withMessageContaining("no/such.conf");
    }

    @Test
    void transportsNeedNamesOfTheirOwn() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> RemoraConfig.of(ConfigFactory.empty(), List.of(new FakeProvider("server", List.of()))))
                .withMessageContaining("remora.server");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoraConfig.of(ConfigFactory.empty(), List.of(FakeProvider.TCP, FakeProvider.TCP)))
                .withMessageContaining("two transports");
    }
}
