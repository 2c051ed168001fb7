package dev.remora.bench.testbed;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The machine's named network namespaces, and the removal of some. */
final class Namespaces {
    /** Where iproute2 keeps them. */
    private static final Path FOLDER = Path.of("/var/run/netns");

    private static final Path PROCESSES = Path.of("/proc");
    private static final int END_SECONDS = 5;

    private Namespaces() {}

    /** Names of all, whoever made them, sorted. */
    static List<String> all() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        } catch (NoSuchFileException e) {
            // Nobody made one since the machine started.
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw new TestbedException(
                    "the network namespaces in " + FOLDER + " cannot be listed", "run it as root", e);
        }
        return List.copyOf(names);
    }

    /** Those with this tag, sorted. */
    static List<String> of(TestbedTag tag) {
        return all().stream()
                .filter(name -> TestbedTag.in(name).filter(tag::equals).isPresent())
                .toList();
    }

    /**
     * Ends the processes in them and removes them with all that is in them. Names that do not exist are left out: what
     * another process removes meanwhile is gone, too.
     */
    static void remove(Collection<String> names) {
        Set<String> doomed = new HashSet<>(names);
        doomed.retainAll(all());
        if (doomed.isEmpty()) {
            return;
        }
        // A process keeps its namespace, with the shaped links in it, when only the name is gone.
        endProcesses(doomed);
        TestbedException failure = null;
        try {
            SystemCommand.run(
                    List.of("ip", "-force", "-batch", "-"),
                    doomed.stream().sorted().map(name -> "netns del " + name).toList());
        } catch (TestbedException e) {
            failure = e;
        }
        Set<String> left = new TreeSet<>(doomed);
        left.retainAll(all());
        if (!left.isEmpty()) {
            throw new TestbedException(
                    "network namespaces remain: " + String.join(", ", left),
                    "remove them by hand: ip netns del NAME",
                    failure == null ? new IllegalStateException("ip reported no failure") : failure);
        }
    }

    private static void endProcesses(Set<String> names) {
        Set<Long> inodes =
                names.stream().map(Namespaces::inode).flatMap(Optional::stream).collect(Collectors.toSet());
        Set<Long> spared = ownLine();
        List<ProcessHandle> ended = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            boolean inside = namespaceOf(process.pid()).filter(inodes::contains).isPresent();
            if (inside && !spared.contains(process.pid()) && process.destroyForcibly()) {
                ended.add(process);
            }
        }
        for (ProcessHandle process : ended) {
            await(process);
        }
    }

    /** This process and those that started it: who takes a testbed down from inside of it keeps the shell. */
    private static Set<Long> ownLine() {
        Set<Long> pids = new HashSet<>();
        Optional<ProcessHandle> each = Optional.of(ProcessHandle.current());
        while (each.isPresent() && pids.add(each.get().pid())) {
            each = each.get().parent();
        }
        return pids;
    }

    private static void await(ProcessHandle process) {
        try {
            process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new TestbedException(
                    "process " + process.pid() + " in a testbed does not end", "end it, then ./remora testbed down", e);
        }
    }

    private static Optional<Long> inode(String name) {
        try {
            return Optional.of((Long) Files.getAttribute(FOLDER.resolve(name), "unix:ino"));
        } catch (IOException e) {
            // Removed meanwhile.
            return Optional.empty();
        }
    }

    private static Optional<Long> namespaceOf(long pid) {
        try {
            // net:[4026531840]
            String link =
                    Files.readSymbolicLink(PROCESSES.resolve(pid + "/ns/net")).toString();
            return Optional.of(Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']'))));
        } catch (IOException | RuntimeException e) {
            // Ended meanwhile, or a thread of the kernel.
            return Optional.empty();
        }
    }
}
