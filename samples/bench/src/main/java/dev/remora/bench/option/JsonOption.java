package dev.remora.bench.option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the results go as data. */
public final class JsonOption {
    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON, too.")
    private @Nullable Path json;

    /** Before the run, not after its ten minutes. */
    public void check(OptionCheck check) {
        if (json == null) {
            return;
        }
        Path folder = json.toAbsolutePath().getParent();
        boolean writable =
                Files.exists(json) ? Files.isRegularFile(json) && Files.isWritable(json) : Files.isWritable(folder);
        check.require(writable, "--json: " + json + " cannot be written; name a file in an existing, writable folder");
    }

    /** Writes them if asked to, and says so. */
    public void write(PrintWriter out, Supplier<String> results) throws IOException {
        if (json != null) {
            Files.writeString(json, results.get());
            out.println("Written: " + json);
        }
    }
}
