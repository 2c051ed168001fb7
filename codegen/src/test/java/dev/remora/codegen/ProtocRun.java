package dev.remora.codegen;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One run of the real protoc with the plugin as it is built, in a process of its own. */
final class ProtocRun {
    private final Path dir;
    private final Path output;
    private final List<String> arguments = new ArrayList<>();

    /** @param dir empty, for what the run writes */
    ProtocRun(Path dir) throws IOException {
        this.dir = dir;
        this.output = Files.createDirectories(dir.resolve("java"));
        arguments.add(executable(property("remora.protoc")));
        arguments.add("--plugin=protoc-gen-remora=" + plugin());
        arguments.add("--remora_out=" + output);
    }

    /** Maven's local repository keeps no permissions, so a compiler fetched a moment ago may not be run as it is. */
    private static String executable(String program) throws IOException {
        if (!Files.isExecutable(Path.of(program)) && !Path.of(program).toFile().setExecutable(true)) {
            throw new IOException(program + " cannot be made executable");
        }
        return program;
    }

    /** Lets protoc make the message classes too. */
    ProtocRun withMessages() throws IOException {
        return with("--java_out=" + Files.createDirectories(messages()));
    }

    ProtocRun with(String argument) {
        arguments.add(argument);
        return this;
    }

    /** The protos of the tests, those of protobuf and our options. */
    ProtocRun withTestProtos() throws IOException {
        Path standard = Files.createDirectories(dir.resolve("standard"));
        return with("-Isrc/test/protos").with("-I" + standardProtos(standard));
    }

    ProtocRun withFiles(List<String> files) {
        arguments.addAll(files);
        return this;
    }

    Path output() {
        return output;
    }

    Path messages() {
        return dir.resolve("messages");
    }

    /** What protoc says; empty if all went well. */
    String run() throws IOException, InterruptedException {
        Path log = dir.resolve("protoc.log");
        Process process = new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exit = process.waitFor();
        String text = Files.readString(log);
        return exit == 0 || !text.isBlank() ? text : "protoc ended with " + exit;
    }

    /** All files below a folder, as protoc wants them named. */
    static List<String> protosIn(String folder) throws IOException {
        Path root = Path.of("src/test/protos");
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.map(f -> root.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    /** Writes descriptor.proto and the like, which protoc has no built-in copy of, and remora/options.proto. */
    static Path standardProtos(Path target) throws IOException {
        for (String name : List.of(
                "google/protobuf/any.proto",
                "google/protobuf/api.proto",
                "google/protobuf/descriptor.proto",
                "google/protobuf/duration.proto",
                "google/protobuf/empty.proto",
                "google/protobuf/field_mask.proto",
                "google/protobuf/java_features.proto",
                "google/protobuf/source_context.proto",
                "google/protobuf/struct.proto",
                "google/protobuf/timestamp.proto",
                "google/protobuf/type.proto",
                "google/protobuf/wrappers.proto",
                "remora/options.proto")) {
            try (var in = ProtocRun.class.getClassLoader().getResourceAsStream(name)) {
                if (in == null) {
                    throw new IOException(name + " is not on the class path");
                }
                Path file = target.resolve(name);
                Files.createDirectories(file.getParent());
                Files.write(file, in.readAllBytes());
            }
        }
        return target;
    }

    static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("run the tests with Maven, which sets the system property " + name);
        }
        return value;
    }

    private Path plugin() {
        boolean windows = File.separatorChar == '\\';
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = "\"" + java + "\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp \""
                + System.getProperty("java.class.path") + "\" dev.remora.codegen.Main\n";
        Path script = dir.resolve(windows ? "plugin.bat" : "plugin.sh");
        try {
            Files.writeString(
                    script, windows ? "@echo off\n" + command : "#!/bin/sh\nexec " + command, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!script.toFile().setExecutable(true)) {
            throw new IllegalStateException("cannot make executable: " + script);
        }
        return script;
    }
}
