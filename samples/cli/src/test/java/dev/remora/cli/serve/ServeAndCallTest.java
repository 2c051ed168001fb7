package dev.remora.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.remora.cli.Main;
import dev.remora.dpdk.doctor.Doctor;
import dev.remora.dpdk.doctor.Way;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tool as users run it: a process that serves and others that call it, over each transport. */
@Timeout(180)
class ServeAndCallTest {
    private static final Pattern SERVING = Pattern.compile("serving (\\w+) over \\S+ at (\\S+)");
    private static final long END_S = 60;

    @TempDir
    private Path folder = Path.of("");

    private final List<Process> servers = new ArrayList<>();

    private record Ended(int code, String out, String err) {}

    @AfterEach
    void endServers() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly();
            server.waitFor();
        }
    }

    private static List<String> tool(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of(
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny",
                "--enable-native-access=ALL-UNNAMED"));
        String modules = System.getProperty("jdk.module.path");
        String classes = System.getProperty("java.class.path");
        command.addAll(List.of("-cp", modules == null ? classes : modules + File.pathSeparator + classes));
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return command;
    }

    /** Starts a sample and returns where its first service listens. */
    private String serve(String sample, String transport) throws IOException {
        Path log = folder.resolve("serve.err");
        Process server = new ProcessBuilder(
                        tool("serve", sample, "-a", "127.0.0.1:0", "-t", transport, "--exit-with-stdin"))
                .redirectError(log.toFile())
                .start();
        servers.add(server);
        BufferedReader lines = server.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        Matcher serving = SERVING.matcher(String.valueOf(line));
        assertThat(serving.matches()).as(line + "\n" + Files.readString(log)).isTrue();
        return serving.group(2);
    }

    private Ended run(String... args) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(tool(args))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + List.of(args) + "\n" + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "homa"})
    void echoIsListedDescribedAndCalled(String transport) throws Exception {
        assumeThat(transport.equals("tcp") || homaRunsHere())
                .as("Homa between processes of this host needs DPDK: see ./remora doctor")
                .isTrue();
        String address = serve("echo", transport);

        Ended list = run("call", "-t", transport, address);
        assertThat(list.code()).as(list.err()).isZero();
        assertThat(list.out()).contains("remora.samples.echo.Echo/Say", "remora.health.v1.Health/Check");

        Ended said = run("call", "-t", transport, address, "Echo/Say", "{\"text\": \"hello\"}", "--json-lines", "-i");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).isEqualTo("{\"text\":\"hello\"}\n");
        assertThat(said.err()).contains("OK ", "waiting for " + address);

        Ended healthy = run("call", "-t", transport, address, "Health/Check", "{service: 'remora.samples.echo.Echo'}");
        assertThat(healthy.out()).contains("\"status\": \"SERVING\"");

        Ended failed = run("call", "-t", transport, address, "Echo/Fail", "{\"code\": \"NOT_FOUND\"}");
        assertThat(failed.code()).isEqualTo(64 + 5);
        assertThat(failed.err()).contains("NOT_FOUND", "detail remora.samples.echo.FailDetail", "trailer advice");

        Ended slow = run("call", "-t", transport, address, "Echo/Sleep", "{\"ms\": 60000}", "--timeout", "200ms");
        assertThat(slow.code()).isEqualTo(64 + 4);
        assertThat(slow.err())
                .startsWith("DEADLINE_EXCEEDED: remora.samples.echo.Echo/Sleep: deadline passed")
                .contains("waiting for " + address);

        Ended slip = run("call", "-t", transport, address, "Echo/Sya");
        assertThat(slip.code()).isEqualTo(2);
        assertThat(slip.err()).contains("did you mean Echo/Say?", "mend:");

        Ended why = run("why", "-t", transport, address);
        assertThat(why.code()).as(why.err()).isZero();
        assertThat(why.out()).contains("in progress", "slowest of late", "remora.samples.echo.Echo/Say");
    }

    @Test
    void aServerThatIsToldToEndDoes() throws Exception {
        serve("echo", "tcp");
        Process server = servers.get(0);
        server.getOutputStream().close();
        assertThat(server.waitFor(END_S, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void thePhotoFeedExplainsItselfAndItsErrors() throws Exception {
        String users = serve("photos", "tcp");
        Ended made = run("call", users, "Users/CreateUser", "{\"handle\": \"ada\"}", "--json-lines");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("\"handle\":\"ada\"");
        Ended missing = run("call", users, "Users/GetUser", "{\"user_id\": 77}");
        assertThat(missing.code()).isEqualTo(64 + 5);
        assertThat(missing.err())
                .as("a detail whose file no service imports")
                .contains("detail remora.samples.photos.MissingResource {\"kind\":\"user\",\"id\":\"77\"}");
    }

    private static boolean homaRunsHere() {
        return Doctor.examine(Doctor.thisMachine()).isOpen(Way.EMBEDDED);
    }
}
