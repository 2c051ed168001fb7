package dev.remora.dpdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The C compiler and DPDK's headers, which only tests and benchmarks need. */
@NullMarked
public final class CTools {
    /** Folders with DPDK's headers, separated by colons; goes before what pkg-config says. */
    public static final String INCLUDE_VARIABLE = "REMORA_DPDK_INCLUDE";

    private static final Path USUAL_HEADERS = Path.of("/usr/include/dpdk");

    private CTools() {}

    /** A program that ended. */
    public record Result(int status, String output) {}

    /** Why no C program can be compiled here, or null. */
    public static @Nullable String missingCompiler() {
        return run(List.of("gcc", "--version")).status() == 0 ? null : "gcc is not installed";
    }

    /** Why no C program can be compiled against DPDK here, or null. */
    public static @Nullable String missing() {
        String compiler = missingCompiler();
        if (compiler != null) {
            return compiler;
        }
        return headerFlags().isEmpty()
                ? "DPDK's headers are not installed (libdpdk-dev; or name their folders in " + INCLUDE_VARIABLE + ")"
                : null;
    }

    /** What gcc needs to find the headers; empty when there are none. */
    public static List<String> headerFlags() {
        String chosen = System.getenv(INCLUDE_VARIABLE);
        if (chosen != null) {
            return including(Arrays.stream(chosen.split(":")).map(Path::of).toList());
        }
        List<String> flags = pkgConfig("--cflags");
        if (!flags.isEmpty()) {
            return flags;
        }
        if (!Files.exists(USUAL_HEADERS.resolve("rte_ethdev.h"))) {
            return List.of();
        }
        List<Path> folders = new ArrayList<>(List.of(USUAL_HEADERS));
        try (Stream<Path> found = Files.list(Path.of("/usr/include"))) {
            found.map(folder -> folder.resolve("dpdk"))
                    .filter(folder -> Files.exists(folder.resolve("rte_config.h")))
                    .forEach(folders::add);
        } catch (IOException e) {
            throw new IllegalStateException("/usr/include cannot be listed", e);
        }
        return including(folders);
    }

    /** What gcc needs to link with the shared libraries. */
    public static List<String> linkFlags() {
        List<String> flags = pkgConfig("--libs");
        return flags.isEmpty()
                ? List.of("-lrte_ethdev", "-lrte_mbuf", "-lrte_mempool", "-lrte_ring", "-lrte_eal")
                : flags;
    }

    private static List<String> including(List<Path> folders) {
        List<String> flags = new ArrayList<>();
        for (Path folder : folders) {
            flags.add("-I" + folder);
        }
        flags.add("-include");
        flags.add("rte_config.h");
        flags.add("-march=native");
        return flags;
    }

    private static List<String> pkgConfig(String what) {
        Result result = run(List.of("pkg-config", what, "libdpdk"));
        return result.status() == 0 ? List.of(result.output().strip().split("\\s+")) : List.of();
    }

    /** Runs a program to its end; status 127 when there is none. */
    public static Result run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(124, output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
