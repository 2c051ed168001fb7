package dev.remora.samples.photos.demo;

import dev.remora.samples.photos.node.InstalledTransports;
import dev.remora.samples.photos.node.StartFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: starts the photo feed, drives it, shows a live table, ends by itself. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a photo feed of four microservices, each in a process of its own, drives them, and shows how their"
                    + " calls do: over kernel TCP, then over Homa, side by side.",
            "Exit code: 0 if all went as it should, 1 if a call failed without reason or a service did not come back."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String IN_PROCESS = "in-process";
    /** What is compared when nothing else is said: the baseline first. */
    private static final List<String> COMPARED = List.of("tcp", "homa");

    private static final int MAX_SECONDS = 3600;
    private static final int MAX_RATE = 5000;

    @Option(names = "--seconds", defaultValue = "15", paramLabel = "N", description = "How long (default 15).")
    private int seconds;

    @Option(
            names = "--rate",
            defaultValue = "100",
            paramLabel = "N",
            description = "Visits per second, of one to three calls each (default 100).")
    private int rate;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            completionCandidates = TransportNames.class,
            description = "What carries the calls: ${COMPLETION-CANDIDATES} (default: tcp and homa in turn)."
                    + " in-process runs all services in one JVM.")
    private @Nullable String only;

    @Option(
            names = "--kill",
            paramLabel = "SERVICE",
            completionCandidates = ServiceNames.class,
            description = "Kill this service (kill -9) after a third of the time and start it again:"
                    + " ${COMPLETION-CANDIDATES}.")
    private @Nullable String kill;

    @Spec
    private @Nullable CommandSpec spec;

    /** The transports that are installed. */
    static final class TransportNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return InstalledTransports.names().iterator();
        }
    }

    /** The services there are. */
    static final class ServiceNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return PhotoSystem.SERVICES.iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        CommandSpec command = checkArguments();
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        DemoDirectory directory = DemoDirectory.create();
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty(
                    "photos.demo.log", directory.logs().resolve("demo.log").toString());
            System.setProperty("logback.configurationFile", "photos-demo-logback.xml");
        }
        DemoCleanup cleanup = new DemoCleanup(directory);
        boolean good = false;
        try {
            good = run(directory, cleanup, new Screen(out, Screen.isTerminal()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("demo: interrupted");
        } catch (IOException | RuntimeException e) {
            if (!cleanup.isAtExit()) {
                err.println("demo: " + StartFailure.explain(e));
            }
        } finally {
            if (!good && !cleanup.isAtExit()) {
                directory.keepLogs();
                err.println("logs of all services: " + directory.logs());
            }
            cleanup.close();
        }
        return good ? 0 : 1;
    }

    private boolean run(DemoDirectory directory, DemoCleanup cleanup, Screen screen)
            throws IOException, InterruptedException {
        String chosen = only;
        if (chosen != null) {
            return run(chosen, directory, cleanup, screen).good();
        }
        Map<String, List<CallTable.Row>> results = new LinkedHashMap<>();
        boolean good = true;
        for (String transport : COMPARED) {
            Optional<String> obstacle = DemoClient.obstacle(transport);
            if (obstacle.isPresent()) {
                screen.print("over " + transport + ": not here. " + obstacle.get());
                continue;
            }
            screen.print("over " + transport + ":");
            DemoRun.Outcome outcome = run(transport, directory, cleanup, screen);
            cleanup.endSystems();
            results.put(transport, outcome.rows());
            good &= outcome.good();
            screen.print("");
        }
        if (results.size() > 1) {
            Comparison.render(results).forEach(screen::print);
            screen.print("");
            screen.print(
                    "Services that have just started, on an idle network: an impression. What a transport buys on a loaded"
                            + " one: ./remora ab --quick");
        }
        return good;
    }

    private DemoRun.Outcome run(String transport, DemoDirectory directory, DemoCleanup cleanup, Screen screen)
            throws IOException, InterruptedException {
        Path data = directory.data(transport);
        DemoRun.DemoPlan plan = new DemoRun.DemoPlan(transport, seconds, rate, Optional.ofNullable(kill));
        if (transport.equals(IN_PROCESS)) {
            OneProcess system = OneProcess.start(transport, data);
            cleanup.add(system);
            return new DemoRun(plan, system, screen).run();
        }
        screen.print("starting " + String.join(", ", PhotoSystem.SERVICES) + "; logs in " + directory.logs());
        ChildProcesses children = ChildProcesses.create(transport, data, directory.logs());
        cleanup.add(children);
        children.startAll();
        for (String service : PhotoSystem.SERVICES) {
            screen.print(String.format(
                    "  %-9s process %-7d at %-21s %s",
                    service,
                    children.pid(service),
                    children.addresses().get(service),
                    children.metricsUrl(service).orElse("")));
        }
        return new DemoRun(plan, children, screen).run();
    }

    private CommandSpec checkArguments() {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("to be run by picocli");
        }
        requireBetween(command, "--seconds", seconds, MAX_SECONDS);
        requireBetween(command, "--rate", rate, MAX_RATE);
        if (only != null) {
            requireOneOf(command, "--transport", only, new TransportNames());
        }
        if (kill != null) {
            requireOneOf(command, "--kill", kill, PhotoSystem.SERVICES);
            if (IN_PROCESS.equals(only)) {
                throw new ParameterException(
                        command.commandLine(),
                        "--kill needs services in processes of their own: choose another --transport");
            }
        }
        return command;
    }

    private static void requireBetween(CommandSpec command, String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(command.commandLine(), option + " must be 1 to " + max + ", got " + value);
        }
    }

    private static void requireOneOf(CommandSpec command, String option, String value, Iterable<String> names) {
        for (String name : names) {
            if (name.equals(value)) {
                return;
            }
        }
        throw new ParameterException(
                command.commandLine(),
                option + ": there is no '" + value + "'; there are: " + String.join(", ", names));
    }
}
