package dev.remora.runtime.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileResolverTest {
    private static final long HOUR_NS = 3_600_000_000_000L;

    @TempDir
    private Path folder;

    private final HeardAddresses heard = new HeardAddresses();
    private final List<NameResolver> open = new ArrayList<>();

    @AfterEach
    void stop() {
        open.forEach(NameResolver::close);
    }

    private Path start(long intervalNs) {
        Path file = folder.resolve("servers");
        FileResolverProvider provider = new FileResolverProvider();
        NameResolver resolver = provider.resolver(
                Target.parse("file://" + file, provider.schemes()),
                DefaultValues.of(FileSettings.ALL).with(FileSettings.INTERVAL, intervalNs));
        open.add(resolver);
        resolver.start(heard);
        return file;
    }

    private void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void isReadWhenItChangesWithoutWaitingForTheInterval() throws Exception {
        Path file = start(HOUR_NS);
        assertThat(heard.failure()).contains("there is no file " + file);
        replace(file, "# the servers\nb:7000 weight=3\n\n  a:7000   # the small one\n");
        heard.await("b:7000 weight=3", "a:7000");
        replace(file, "c:7000\n");
        heard.await("c:7000");
        Files.writeString(file, "d:7000 priority=1\n");
        heard.await("d:7000 priority=1");
    }

    @Test
    void aLinkThatIsTurnedElsewhereIsAChange() throws Exception {
        // As Kubernetes does with a ConfigMap.
        Path first = Files.createDirectory(folder.resolve("v1"));
        Path second = Files.createDirectory(folder.resolve("v2"));
        Files.writeString(first.resolve("servers"), "a:1");
        Files.writeString(second.resolve("servers"), "b:1");
        Files.createSymbolicLink(folder.resolve("data"), first);
        Files.createSymbolicLink(folder.resolve("servers"), Path.of("data", "servers"));
        start(HOUR_NS);
        heard.await("a:1");
        Files.createSymbolicLink(folder.resolve("data.new"), second);
        Files.move(folder.resolve("data.new"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
        heard.await("b:1");
    }

    @Test
    void whatCannotBeReadIsAFailureThatNamesTheLine() throws Exception {
        Path file = start(HOUR_NS);
        replace(file, "a:1\nb:2\nnonsense\n");
        heard.next(what -> what.toString().contains(file + ":3: 'nonsense' is not an address"));
        replace(file, "a:1\na:1\n");
        heard.next(what -> what.toString().contains(":2: a:1 stands there twice"));
        replace(file, "a:1 wieght=3\n");
        heard.next(what -> what.toString().contains("not 'wieght=3'"));
        replace(file, "# nobody\n");
        heard.next(what -> what.toString().contains("has no address in it"));
        replace(file, "x".repeat(1 << 21));
        heard.next(what -> what.toString().contains("more than 1048576 bytes"));
        Files.delete(file);
        heard.next(what -> what.toString().contains("there is no file"));
    }

    @Test
    void isReadAtIntervalsToo() throws Exception {
        Path file = start(10_000_000L);
        replace(file, "a:1");
        heard.await("a:1");
        heard.await("a:1");
    }

    @Test
    void aHostInTheTargetIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InstalledResolvers.withDefaults().check("file://etc/servers"))
                .withMessageContaining("three slashes");
    }
}
