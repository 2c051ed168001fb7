package dev.remora.cli.serve;

import dev.remora.cli.call.ConnectionOptions;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.spi.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora serve}: runs sample services until it is told to end. */
@Command(
        mixinStandardHelpOptions = true,
        name = "serve",
        sortOptions = false,
        description = {
            "Serves a sample until Ctrl-C, with health, reflection and introspection beside it, to try ./remora call on.",
            "echo: every shape of method. photos: the four services of the photo feed, at ports that follow each other."
        },
        footer = {"", "Exit codes: 0 it was told to end, 1 it could not serve, 2 wrong options."})
public final class ServeCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "SAMPLE",
            completionCandidates = Names.class,
            description = "${COMPLETION-CANDIDATES} (default: echo).")
    private String sample = "echo";

    @Option(
            names = {"-a", "--address"},
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7000",
            description = "Where to listen (default: ${DEFAULT-VALUE}); port 0 takes any free one.")
    private String address = "";

    @Option(names = "--exit-with-stdin", hidden = true, description = "End when standard input ends.")
    private boolean exitWithStdin;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Spec
    private @Nullable CommandSpec spec;

    /** The samples. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            super(List.of("echo", "photos"));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "to be run by picocli");
        Sample started = start(command);
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, "close-sample"));
        if (exitWithStdin) {
            Thread.ofPlatform().daemon().name("stdin").start(ServeCommand::exitAtEndOfInput);
        }
        print(
                started,
                connection.remora().transportName(),
                command.commandLine().getOut());
        // The hook above closes the sample; nothing but the end of the process ends this.
        new CountDownLatch(1).await();
        return 0;
    }

    private Sample start(CommandSpec command) throws IOException {
        RemoraConfig remora = connection.remora();
        Endpoint where;
        try {
            where = Endpoint.parse(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--address: " + e.getMessage());
        }
        return switch (sample) {
            case "echo" -> EchoSample.start(where, remora);
            case "photos" -> PhotosSample.start(where, remora.transportName(), connection.tree());
            default ->
                throw new ParameterException(
                        command.commandLine(), "there is no sample '" + sample + "': choose echo or photos");
        };
    }

    private static void print(Sample sample, String transport, PrintWriter out) {
        String option = transport.equals("tcp") ? "" : "-t " + transport + " ";
        for (Map.Entry<String, Endpoint> each : sample.addresses().entrySet()) {
            out.println("serving " + each.getKey() + " over " + transport + " at " + each.getValue());
        }
        String call = "  ./remora call " + option
                + sample.addresses().values().iterator().next() + " ";
        out.println();
        int width =
                sample.trials().keySet().stream().mapToInt(String::length).max().orElse(0);
        sample.trials()
                .forEach((words, what) ->
                        out.println(call + words + " ".repeat(width - words.length()) + "   # " + what));
        out.println();
        out.println("Ctrl-C ends it");
        out.flush();
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nobody has anything to say to a server
            }
        } catch (IOException e) {
            System.err.println("standard input failed, which counts as its end: " + e.getMessage());
        }
        System.exit(0);
    }
}
