package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every service inside some well-known Maven artifacts, compiled against the message classes of those artifacts. */
class PublicProtosTest {
    private static final Pattern SERVICE = Pattern.compile("(?m)^service\\s+\\w+");

    @TempDir
    Path dir;

    @Test
    void everyServiceCompilesWithoutWarnings() throws Exception {
        Path protos = dir.resolve("protos");
        List<Path> jars;
        try (Stream<Path> all = Files.list(Path.of(ProtocRun.property("remora.publicProtos")))) {
            jars = all.sorted().toList();
        }
        TreeMap<String, Integer> servicesByFile = new TreeMap<>();
        for (Path jar : jars) {
            extract(jar, protos, servicesByFile);
        }
        int services = servicesByFile.values().stream().mapToInt(n -> n).sum();
        assertThat(jars).hasSize(6);
        assertThat(services).isGreaterThanOrEqualTo(50);

        ProtocRun protoc = new ProtocRun(dir)
                .with("-I" + protos)
                .with("-I" + ProtocRun.standardProtos(dir.resolve("standard")))
                .withFiles(List.copyOf(servicesByFile.keySet()));
        assertThat(protoc.run().lines().filter(l -> !l.contains("warning:"))).isEmpty();
        assertThat(countFiles(protoc.output())).isEqualTo(services);

        List<String> classPath = new ArrayList<>();
        jars.forEach(jar -> classPath.add(jar.toString()));
        // Their class files carry annotations of libraries that are not here.
        String messages = Javac.compile(
                protoc.output(),
                dir.resolve("classes"),
                String.join(System.getProperty("path.separator"), classPath),
                "-Xlint:all,-classfile");
        assertThat(messages).isEmpty();
    }

    /** Some artifacts carry copies of the files of others: the first one counts. */
    private static void extract(Path jar, Path target, TreeMap<String, Integer> servicesByFile) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!entry.getName().endsWith(".proto") || !path.startsWith(target) || Files.exists(path)) {
                    continue;
                }
                byte[] bytes = file.getInputStream(entry).readAllBytes();
                Files.createDirectories(path.getParent());
                Files.write(path, bytes);
                int services = (int) SERVICE.matcher(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
                        .results()
                        .count();
                if (services > 0) {
                    servicesByFile.put(entry.getName(), services);
                }
            }
        }
    }

    private static int countFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return (int) all.filter(Files::isRegularFile).count();
        }
    }
}
