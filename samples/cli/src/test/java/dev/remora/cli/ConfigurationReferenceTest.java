package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.config.ConfigurationDoc;
import dev.remora.runtime.resolve.NameResolverProvider;
import dev.remora.spi.TransportProvider;
import dev.remora.testing.fault.FaultSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The whole reference of the configuration, with the settings of every transport and resolver, is what the code declares. */
class ConfigurationReferenceTest {
    @Test
    void theDocumentIsCurrent() throws IOException {
        List<TransportProvider> providers = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(TransportProvider::name))
                .toList();
        assertThat(providers).extracting(TransportProvider::name).containsExactly("homa", "in-process", "tcp");

        Path document = Path.of(System.getProperty("remora.root"), "docs", "configuration.md");
        List<NameResolverProvider> resolvers = ServiceLoader.load(NameResolverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(NameResolverProvider::name))
                .toList();
        assertThat(resolvers)
                .extracting(NameResolverProvider::name)
                .containsExactly("dns", "file", "static", "zookeeper");
        String expected = ConfigurationDoc.render(providers, resolvers, List.of(FaultSettings.SECTION));
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(document, expected);
        }
        assertThat(Files.readString(document))
                .as(
                        "docs/configuration.md is not what the settings say; write it anew with: mvn verify -pl samples/cli"
                                + " -am -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true")
                .isEqualTo(expected);
    }
}
