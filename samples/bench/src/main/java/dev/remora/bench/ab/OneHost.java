package dev.remora.bench.ab;

import dev.remora.bench.ab.side.SideHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** All processes on this host: over loopback, or shared memory. Nothing limits the links, and nothing is dropped. */
record OneHost(Path folder) implements Hosts {
    static OneHost make() throws IOException {
        return new OneHost(Files.createTempDirectory("remora-ab"));
    }

    @Override
    public SideHost host(int index) {
        return new SideHost("", "127.0.0.1", "", 0, folder.toString());
    }

    @Override
    public long drops() {
        return 0;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + folder, e);
        }
    }
}
