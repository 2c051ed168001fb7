package dev.remora.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Prints a script that completes {@code remora}'s commands and options and, after {@code call ADDRESS}, what the server there
 * offers: the tool itself is asked for that.
 */
@Command(
        name = "completion",
        description = "Print a completion script for bash or zsh.",
        footer = {"", "Use it in this shell: source <(./remora completion)"})
final class CompletionCommand implements Callable<Integer> {
    // Words are taken from the whole line: bash cuts them at the colon of an address. One word goes where picocli's
    // script
    // goes, options too; what the server offers comes from the tool, which says nothing when it cannot be reached.
    private static final String SERVED_NAMES = """

            # What a server offers, for: remora call ADDRESS ...
            _complete_remora_served() {
              local line=${COMP_LINE:0:COMP_POINT} words=() current=""
              read -ra words <<<"$line"
              if [[ $line != *[[:space:]] ]]; then
                current=${words[${#words[@]} - 1]}
                unset "words[${#words[@]} - 1]"
              fi
              if [ "${words[1]:-}" = call ] && [ "${#words[@]}" -gt 2 ] && [[ $current != -* ]]; then
                local IFS=$'\n'
                COMPREPLY=($("${words[0]}" "${words[@]:1}" --complete "$current" 2>/dev/null))
                if [ "${#COMPREPLY[@]}" -gt 0 ]; then return 0; fi
              fi
              _complete_remora
            }
            complete -F _complete_remora_served -o default remora remora.sh remora.bash
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Override
    public Integer call() {
        // One script serves both shells.
        PrintWriter out = spec.commandLine().getOut();
        out.println(AutoComplete.bash("remora", spec.root().commandLine()));
        out.print(SERVED_NAMES);
        out.flush();
        return 0;
    }
}
