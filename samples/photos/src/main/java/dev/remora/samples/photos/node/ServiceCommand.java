package dev.remora.samples.photos.node;

import com.google.inject.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command line of one service. It prints {@code METRICS <service> <url>} (if there is such an address) and
 * {@code READY <service> <address>} on standard output once it serves, everything else on standard error, and runs until
 * it is told to end by SIGTERM or SIGINT; then it finishes the calls in progress.
 */
@Command(mixinStandardHelpOptions = true, description = "Runs one service of the photo feed until it is told to end.")
public final class ServiceCommand implements Callable<Integer> {
    private final String service;
    private final Module module;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration in HOCON; what it does not say is taken from the file that ships with the service."
                            + " System properties (-Dkey=value) go before both.")
    private @Nullable Path configFile;

    @Option(
            names = "--exit-with-stdin",
            description = "End when standard input ends, so that a process started by another one does not outlive it.")
    private boolean exitWithStdin;

    private ServiceCommand(String service, Module module) {
        this.service = service;
        this.module = module;
    }

    /**
     * Runs a service; returns only if it could not start.
     *
     * @return exit code: 1 if it could not start, 2 if the arguments are wrong
     */
    public static int run(String service, Module module, String... args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "photos-logback.xml");
        }
        return new CommandLine(new ServiceCommand(service, module))
                .setCommandName(service)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(service + ": " + StartFailure.explain(failure));
                    return 1;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws InterruptedException {
        ServiceNode node = ServiceNode.start(ServiceConfig.load(service, Optional.ofNullable(configFile)), module);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "close-" + service));
        if (exitWithStdin) {
            Thread.ofPlatform().daemon().name("stdin").start(ServiceCommand::exitAtEndOfInput);
        }
        node.metricsAddress()
                .ifPresent(address -> System.out.println("METRICS " + service + " http://" + address + "/metrics"));
        System.out.println("READY " + service + " " + node.address());
        System.out.flush();
        // The hook above closes the node; nothing but the end of the process ends this.
        new CountDownLatch(1).await();
        return 0;
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nobody has anything to say to a service
            }
        } catch (IOException e) {
            System.err.println("standard input failed, which counts as its end: " + e.getMessage());
        }
        System.exit(0);
    }
}
