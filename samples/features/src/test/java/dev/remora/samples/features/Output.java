package dev.remora.samples.features;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs an example and keeps what it prints. */
public final class Output {
    private Output() {}

    /** An example. */
    @FunctionalInterface
    public interface Example {
        void run(PrintStream out) throws Exception;
    }

    /** The lines it prints. */
    public static List<String> of(Example example) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            example.run(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
