package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.spi.TransportException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @Test
    void helpNamesEveryCommandAndTheExitCodes() {
        assertThat(line.execute("--help")).isZero();
        assertThat(out.toString()).contains("test ", "build ", "clean ", "completion ", "help ", "Exit codes", "130");
        assertThat(line.getSubcommands().keySet())
                .allSatisfy(name -> assertThat(out.toString()).contains(name));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyCommandHasHelpOfItsOwn() {
        assertThat(line.getSubcommands().keySet())
                .allSatisfy(name -> assertThat(line.execute("help", name)).isZero());
    }

    @Test
    void versionIsWhatTheBuildWrote() {
        assertThat(line.execute("--version")).isZero();
        assertThat(out.toString()).matches("(?s)remora \\d+\\.\\d+\\.\\d+.*Java 25.*|(?s)remora \\d.*Java \\d\\d.*");
    }

    @Test
    void withoutCommandItIsAUsageError() {
        assertThat(line.execute()).isEqualTo(2);
        assertThat(err.toString()).contains("A command is missing", "Usage: remora");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void mistypedCommandGetsAGuess() {
        assertThat(line.execute("complation")).isEqualTo(2);
        assertThat(err.toString()).contains("complation").containsPattern("Did you mean.*completion");
    }

    @Test
    void mistypedOptionGetsAGuess() {
        assertThat(line.execute("completion", "--verbos")).isEqualTo(2);
        assertThat(err.toString()).contains("--verbos", "--verbose");
    }

    @Test
    void commandsOfTheLauncherSayWhoDoesThem() {
        assertThat(line.execute("test", "rpc-api")).isEqualTo(2);
        assertThat(err.toString()).contains("./remora test");
    }

    @Test
    void everyCommandTakesTheCommonOptions() {
        assertThat(line.getSubcommands().entrySet())
                .filteredOn(each -> !each.getKey().equals("help"))
                .allSatisfy(each -> assertThat(each.getValue().getCommandSpec().optionsMap())
                        .containsKeys("--debug", "--verbose", "--help"));
    }

    @Test
    void failureIsToldWithoutAStackTrace() {
        assertThat(failing(new TransportException(TransportException.Reason.BIND, "port 7000 is in use")))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("error: port 7000 is in use", "where: remora failing", "mend: choose another address")
                .doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void debugShowsTheStackTrace() {
        assertThat(failing(new IllegalStateException("odd"), "--debug")).isEqualTo(1);
        assertThat(err.toString()).contains("IllegalStateException: odd", "\tat dev.remora.cli.MainTest");
    }

    @Test
    void unforeseenFailureNamesItsPlaceInOurCode() {
        assertThat(failing(new IllegalStateException("odd"))).isEqualTo(1);
        assertThat(err.toString()).contains("error: IllegalStateException: odd", "MainTest", "--debug");
    }

    @Test
    void wrappersAreTakenOff() {
        RpcException inner = Status.of(StatusCode.UNAVAILABLE, "nobody listens at localhost:7000")
                .asException();
        assertThat(failing(new CompletionException(inner))).isEqualTo(1);
        assertThat(err.toString())
                .contains("error: the call failed with UNAVAILABLE: nobody listens at localhost:7000")
                .contains("mend: check that the service runs");
    }

    @Test
    void missingFileIsNamedAsSuch() {
        assertThat(failing(new NoSuchFileException("services.conf"))).isEqualTo(1);
        assertThat(err.toString()).contains("error: no such file: services.conf");
    }

    @Test
    void nothingIsColouredWhenItDoesNotGoToATerminal() {
        line.execute("--help");
        line.execute("nonsense");
        failing(new IllegalStateException("odd"));
        assertThat(out.toString() + err).doesNotContain("\u001b[");
    }

    @Test
    void completionWorksInBash(@TempDir Path dir) throws Exception {
        assertThat(line.execute("completion")).isZero();
        Path script = dir.resolve("completion.bash");
        Files.writeString(script, out.toString());
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source \"$0\"; COMP_WORDS=(remora compl); COMP_CWORD=1; _complete_remora; echo \"${COMPREPLY[@]}\"",
                        script.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt complains outside of a real completion
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        assertThat(said.strip()).isEqualTo("completion");
    }

    @Test
    void completionAsksTheServerForWhatFollowsItsAddress(@TempDir Path dir) throws Exception {
        assertThat(line.execute("completion")).isZero();
        Path script = dir.resolve("completion.bash");
        Files.writeString(script, out.toString());
        assertThat(completed(script, "remora call -t homa 127.0.0.1:7000 Echo/S"))
                .isEqualTo("asked: call -t homa 127.0.0.1:7000 --complete Echo/S");
        assertThat(completed(script, "remora call 127.0.0.1:7000 ")).isEqualTo("asked: call 127.0.0.1:7000 --complete");
        assertThat(completed(script, "remora comp")).as("commands as ever").isEqualTo("completion");
    }

    /** What a shell would offer for a line, with a tool that repeats what it is asked. */
    private static String completed(Path script, String line) throws Exception {
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source \"$0\"; remora() { echo \"asked:\" $*; }; COMP_LINE=$1; COMP_POINT=${#COMP_LINE};"
                                + " COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_remora_served;"
                                + " echo \"${COMPREPLY[*]}\"",
                        script.toString(),
                        line)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt complains outside of a real completion
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.strip();
    }

    private int failing(Exception failure, String... options) {
        line.addSubcommand(
                new CommandLine(new Failing(failure)).setOut(line.getOut()).setErr(line.getErr()));
        String[] args = new String[options.length + 1];
        args[0] = "failing";
        System.arraycopy(options, 0, args, 1, options.length);
        return line.execute(args);
    }

    @Command(name = "failing")
    private static final class Failing implements Callable<Integer> {
        private final Exception failure;

        private Failing(Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }
}
