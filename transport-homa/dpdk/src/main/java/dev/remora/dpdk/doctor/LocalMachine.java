package dev.remora.dpdk.doctor;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.doctor.Doctor.Loaded;
import dev.remora.dpdk.doctor.Doctor.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The machine this JVM runs on. */
final class LocalMachine implements Machine {
    private static final int MAX_BYTES = 8 << 20;

    /** Where commands for root are; an ordinary user's PATH often lacks them. */
    private static final List<String> MORE_FOLDERS =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin");

    @Override
    public @Nullable String property(String name) {
        return System.getProperty(name);
    }

    @Override
    public @Nullable String environment(String name) {
        return System.getenv(name);
    }

    @Override
    public boolean nativeAccess() {
        return Doctor.class.getModule().isNativeAccessEnabled();
    }

    @Override
    public @Nullable String read(String path) {
        try (InputStream file = Files.newInputStream(Path.of(path));
                InputStream in = path.endsWith(".gz") ? new GZIPInputStream(file) : file) {
            return text(in);
        } catch (IOException | RuntimeException e) {
            return null; // absent, or not for this user: either way there is nothing to read
        }
    }

    @Override
    public List<String> list(String path) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(Path.of(path))) {
            for (Path each : folder) {
                names.add(String.valueOf(each.getFileName()));
            }
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(Path.of(path));
    }

    @Override
    public @Nullable String resolve(String path) {
        try {
            return Path.of(path).toRealPath().toString();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public boolean has(String command) {
        return find(command) != null;
    }

    @Override
    public @Nullable String run(Duration limit, String... words) {
        Path program = find(words[0]);
        if (program == null) {
            return null;
        }
        List<String> command = new ArrayList<>(List.of(words));
        command.set(0, program.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        long deadlineNs = System.nanoTime() + limit.toNanos();
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return null;
        }
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                output.complete(text(process.getInputStream()));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try {
            String text = output.get(leftNs(deadlineNs), TimeUnit.NANOSECONDS);
            boolean ended = process.waitFor(leftNs(deadlineNs), TimeUnit.NANOSECONDS);
            return ended && process.exitValue() == 0 ? text : null;
        } catch (TimeoutException | ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public Loaded loadDpdk() {
        try {
            Dpdk dpdk = Dpdk.load();
            return new Loaded(
                    dpdk.versionText(), dpdk.version().abi(), dpdk.place().toString());
        } catch (IllegalCallerException e) {
            throw new DpdkException(
                    "the JVM denies native calls: " + e.getMessage(),
                    "add --enable-native-access=ALL-UNNAMED to java's options");
        }
    }

    private static @Nullable Path find(String command) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            Collections.addAll(folders, path.split(":", -1));
        }
        folders.addAll(MORE_FOLDERS);
        for (String folder : folders) {
            // an empty or relative entry would run what lies in the current folder
            if (folder.startsWith("/")) {
                Path program = Path.of(folder, command);
                if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return program;
                }
            }
        }
        return null;
    }

    private static long leftNs(long deadlineNs) {
        return Math.max(0, deadlineNs - System.nanoTime());
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }
}
