package dev.remora.cli.call;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles {@code .proto} files with the real protoc, the one this tool was built with: it knows every syntax and edition,
 * and its messages name file, line and column.
 */
final class ProtoCompiler {
    /** Stands in the jar beside this class; written by the build for the platform it ran on. */
    private static final String BUNDLED = "protoc.exe";

    /** Folders of the imports that protoc's artifact does not bring, as they lie in jars of the class path. */
    private static final List<String> STANDARD = List.of(
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
            "remora/options.proto");

    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+([\\w.]+)\\s*;");
    private static final long MAX_RUN_S = 60;

    private ProtoCompiler() {}

    /**
     * Compiles files with all they import.
     *
     * @param roots where imports start from; without any, the folder that a file's own package suggests, or that it is in
     * @throws CallException with what protoc says, if they do not compile
     */
    static FileDescriptorSet compile(List<Path> files, List<Path> roots) throws IOException, InterruptedException {
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new CallException("no such file: " + file, "check --proto");
            }
        }
        Path temporary = Files.createTempDirectory("remora-proto");
        try {
            Set<Path> all = new LinkedHashSet<>(roots);
            if (roots.isEmpty()) {
                for (Path file : files) {
                    all.add(root(file));
                }
            }
            all.add(standard(temporary.resolve("standard")));
            return run(files, all, temporary);
        } finally {
            delete(temporary);
        }
    }

    /** The folder above the folders that are named like the file's package, as most trees have it; else its own. */
    static Path root(Path file) throws IOException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null) {
            throw new CallException(file + " is no file", "check --proto");
        }
        Matcher matcher = PACKAGE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!matcher.find()) {
            return folder;
        }
        Path wanted = Path.of(matcher.group(1).replace('.', File.separatorChar));
        // The last word of a package is often a version or a subject that has no folder of its own.
        for (Path tail = wanted; tail != null; tail = tail.getParent()) {
            if (folder.endsWith(tail)) {
                Path root = folder;
                for (int i = 0; i < tail.getNameCount() && root != null; i++) {
                    root = root.getParent();
                }
                return root == null ? folder : root;
            }
        }
        return folder;
    }

    private static FileDescriptorSet run(List<Path> files, Set<Path> roots, Path temporary)
            throws IOException, InterruptedException {
        Path output = temporary.resolve("set");
        Path messages = temporary.resolve("messages");
        List<String> command = new ArrayList<>();
        command.add(compiler(temporary));
        roots.forEach(root -> command.add("-I" + root));
        command.add("--include_imports");
        command.add("--include_source_info");
        command.add("--descriptor_set_out=" + output);
        files.forEach(file -> command.add(file.toAbsolutePath().normalize().toString()));
        Process process = start(command, messages);
        if (!process.waitFor(MAX_RUN_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new CallException("protoc did not end within " + MAX_RUN_S + " s", "give --descriptors FILE instead");
        }
        if (process.exitValue() != 0) {
            String said = Files.readString(messages).strip();
            throw new CallException(
                    "protoc: " + said.replace("\n", "\n  "),
                    said.contains("File not found") || said.contains("--proto_path")
                            ? "name the folder that imports start from: -I FOLDER"
                            : "mend the file");
        }
        try (InputStream in = Files.newInputStream(output)) {
            return FileDescriptorSet.parseFrom(in);
        }
    }

    private static Process start(List<String> command, Path messages) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start();
        } catch (IOException e) {
            throw new CallException(
                    "protoc cannot be run here: " + e.getMessage(),
                    "install protoc, or give --descriptors FILE (protoc --include_imports --descriptor_set_out=FILE)");
        }
    }

    /** The one that was built in, else the one on the path. */
    private static String compiler(Path temporary) throws IOException {
        try (InputStream in = ProtoCompiler.class.getResourceAsStream(BUNDLED)) {
            if (in == null) {
                return "protoc";
            }
            Path program = temporary.resolve(BUNDLED);
            Files.copy(in, program);
            if (!program.toFile().setExecutable(true)) {
                throw new IOException(program + " cannot be made executable");
            }
            return program.toString();
        }
    }

    private static Path standard(Path folder) throws IOException {
        for (String name : STANDARD) {
            try (InputStream in = ProtoCompiler.class.getClassLoader().getResourceAsStream(name)) {
                if (in == null) {
                    throw new IOException(name + " is not on the class path");
                }
                Path file = folder.resolve(name);
                Path parent = file.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.copy(in, file);
            }
        }
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
