package dev.remora.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder for one child's files. */
final class Scratch {
    private Scratch() {}

    /** Removes the folder with all in it; what cannot be removed is reported and left. */
    static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            if (Files.notExists(folder)) {
                // On Ctrl-C both the run and the shutdown hook clean up.
                return;
            }
            System.err.println("could not remove " + folder + ": " + e.getMessage());
        }
    }
}
