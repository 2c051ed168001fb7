package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServiceDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything valid becomes code that compiles without a warning and describes the services as protobuf does. */
class GeneratedCodeTest {
    @TempDir
    Path dir;

    @Test
    void oddFilesCompileWithoutWarningsAndDescribeTheirServices() throws Exception {
        ProtocRun protoc = new ProtocRun(dir)
                .withMessages()
                .withTestProtos()
                .withFiles(ProtocRun.protosIn("odd"))
                .withFiles(ProtocRun.protosIn("golden"))
                .with("remora/options.proto");
        assertThat(protoc.run()).isEmpty();

        Path classes = dir.resolve("classes");
        // protoc's own Java has warnings in places.
        assertThat(Javac.compile(protoc.messages(), classes, "", "-Xlint:none")).isEmpty();
        assertThat(Javac.compile(protoc.output(), classes, classes.toString(), "-Xlint:all"))
                .isEmpty();

        List<String> found = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            for (String name : generatedClasses(protoc.output())) {
                Class<?> type = Class.forName(name, true, loader);
                Field field = type.getField("SERVICE");
                ServiceDescriptor service = (ServiceDescriptor) field.get(null);
                found.add(service.name() + " in " + name);
                assertMatchesProtobuf(service);
            }
        }
        assertThat(found)
                .contains(
                        "odd.echo.Echo in odd.echo.EchoRpcStubs",
                        "odd.feed.Feed in odd.feed.FeedRpcStubs",
                        "odd.outer.Mixed in com.example.odd.MixedRpc",
                        "odd.e2024.Edition2024 in odd.e2024.Edition2024Rpc",
                        "Unnamed in UnnamedRpc")
                .hasSize(15);
    }

    private static void assertMatchesProtobuf(ServiceDescriptor service) {
        var protobuf = service.protobuf().get();
        assertThat(protobuf.getFullName()).isEqualTo(service.name());
        assertThat(service.methods().stream().map(MethodDescriptor::methodName).toList())
                .isEqualTo(protobuf.getMethods().stream().map(m -> m.getName()).toList());
        for (int i = 0; i < service.methods().size(); i++) {
            var method = protobuf.getMethods().get(i);
            assertThat(service.methods().get(i).shape().name())
                    .isEqualTo(Shape.of(method.isClientStreaming(), method.isServerStreaming())
                            .name());
        }
    }

    private static List<String> generatedClasses(Path sources) throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            return all.filter(f -> f.toString().endsWith(".java"))
                    .map(f -> sources.relativize(f)
                            .toString()
                            .replace(".java", "")
                            .replaceAll("[/\\\\]", "."))
                    .sorted()
                    .toList();
        }
    }
}
