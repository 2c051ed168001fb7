package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void anUnknownCommandIsAUsageErrorWithASuggestion() {
        assertThat(run("complet")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("complet").contains("completion").doesNotContain("\tat ");
    }

    @Test
    void helpListsTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("completion", "help", "--verbose", "./remora test");
    }

    @Test
    void theVersionNamesReleaseAndJdk() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("remora 0.").contains("JDK " + Runtime.version());
    }

    @Test
    void completionIsAScript() {
        assertThat(run("completion")).isZero();
        assertThat(out.toString()).contains("complete -F").contains("remora");
    }
}
