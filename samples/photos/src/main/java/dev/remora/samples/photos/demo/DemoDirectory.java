package dev.remora.samples.photos.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A temporary directory for databases, photos and logs. Closing it removes it, but for logs that shall be kept. */
final class DemoDirectory implements AutoCloseable {
    private final Path root;
    private volatile boolean keepLogs;

    private DemoDirectory(Path root) {
        this.root = root;
    }

    static DemoDirectory create() throws IOException {
        DemoDirectory made = new DemoDirectory(Files.createTempDirectory("remora-photos-"));
        Files.createDirectories(made.data());
        Files.createDirectories(made.logs());
        return made;
    }

    Path data() {
        return root.resolve("data");
    }

    /** Data of the services while they run over a transport; made if need be. */
    Path data(String transport) throws IOException {
        return Files.createDirectories(data().resolve(transport));
    }

    Path logs() {
        return root.resolve("logs");
    }

    /** Something failed: whoever looks for the reason needs the logs. */
    void keepLogs() {
        keepLogs = true;
    }

    @Override
    public synchronized void close() throws IOException {
        delete(keepLogs ? data() : root);
    }

    private static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                // A process that is just ending removes files of its own.
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
