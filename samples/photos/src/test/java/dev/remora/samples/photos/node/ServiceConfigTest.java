package dev.remora.samples.photos.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.AbstractModule;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.inprocess.InProcessTransportProvider;
import dev.remora.tcp.TcpTransportProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceConfigTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"users", "posts", "media", "timeline"})
    void shipsAFileThatIsValidForEachService(String service) {
        Config config = ServiceConfig.shipped(service);

        RemoraConfig remora =
                RemoraConfig.of(config, List.of(new TcpTransportProvider(), new InProcessTransportProvider()));

        assertThat(remora.transportName()).isEqualTo("tcp");
        assertThat(ServiceConfig.dataDirectory(config)).isEqualTo(Path.of("photos-data", service));
        assertThat(ServiceConfig.connections(config)).isPositive();
    }

    @Test
    void takesTheUsersFileBeforeTheShippedOne() throws Exception {
        Path file = Files.writeString(directory.resolve("my.conf"), "remora.transport = in-process");

        Config config = ServiceConfig.load("users", Optional.of(file));

        assertThat(config.getString("remora.transport")).isEqualTo("in-process");
        assertThat(config.getString("remora.server.address")).isEqualTo("127.0.0.1:7101");
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path absent = directory.resolve("absent.conf");

        assertThatThrownBy(() -> ServiceConfig.load("users", Optional.of(absent)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("absent.conf");
    }

    @Test
    void namesAKeyWhoseValueIsOutOfBounds() {
        Config config = ConfigFactory.parseString("photos.database.connections = 0");

        assertThatThrownBy(() -> ServiceConfig.connections(config))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("photos.database.connections")
                .hasMessageContaining("1 to 1000");
    }

    @Test
    void saysInOneLineWhyANodeDoesNotStart() {
        Config config = ConfigFactory.parseString("remora { transport = in-process, sever.address = \"a:1\" }");

        assertThatThrownBy(() -> ServiceNode.start(config, new AbstractModule() {}))
                .satisfies(failure -> assertThat(StartFailure.explain(failure)).contains("sever"));
    }
}
