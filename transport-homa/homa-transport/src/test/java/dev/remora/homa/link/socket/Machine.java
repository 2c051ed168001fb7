package dev.remora.homa.link.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** What this machine lets tests do, and what it does not: then a test is skipped, and says why. */
public final class Machine {
    private Machine() {}

    /** Status and output of a command; status 127 when there is none of the name. */
    public record Output(int status, String text) {}

    /** Skips the test, so that it is seen. */
    public static void skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
    }

    public static Output run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Output(124, text);
            }
            return new Output(process.exitValue(), text);
        } catch (IOException e) {
            return new Output(127, e.toString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
