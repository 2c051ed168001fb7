package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window, which opens a page from disk and hands back what the page has become. */
final class Browser {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long LIMIT_SECONDS = 120;

    private final Path program;
    private final Path scratch;

    private Browser(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
    }

    static Optional<Path> installed() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser in(Path scratch) {
        return new Browser(installed().orElseThrow(), scratch);
    }

    /** The document after its scripts ran, and all timers of its first four seconds. */
    Page open(Path html, int width, int height, String... options) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory(scratch, "profile");
        Path dom = profile.resolve("dom.html");
        Path log = profile.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile,
                "--window-size=" + width + "," + height,
                "--virtual-time-budget=4000"));
        command.addAll(List.of(options));
        command.addAll(List.of("--dump-dom", html.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("%s ended within %d s; its log: %s", program, LIMIT_SECONDS, Files.readString(log))
                    .isTrue();
        } finally {
            process.destroyForcibly();
            endAllOf(profile);
        }
        assertThat(process.exitValue())
                .as("exit code; log: %s", Files.readString(log))
                .isZero();
        return new Page(Files.readString(dom));
    }

    /** What the browser has left running would write into the profile while it is being deleted. */
    private static void endAllOf(Path profile) {
        List<ProcessHandle> left;
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            left = all.filter(each -> each.info().commandLine().orElse("").contains(profile.toString()))
                    .toList();
        }
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(
                each -> each.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join());
    }

    /** @param html of the whole document */
    record Page(String html) {
        /** A {@code data-} attribute of the root element. */
        String data(String name) {
            String root = html.substring(html.indexOf("<html"), html.indexOf('>', html.indexOf("<html")) + 1);
            Matcher found = Pattern.compile("data-" + name + "=\"([^\"]*)\"").matcher(root);
            assertThat(found.find()).as("data-%s in %s", name, root).isTrue();
            return found.group(1);
        }
    }
}
