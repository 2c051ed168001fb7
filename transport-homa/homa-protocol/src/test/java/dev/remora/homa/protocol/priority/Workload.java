package dev.remora.homa.protocol.priority;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/** Message lengths of a published workload, cut at the longest message Homa carries. */
final class Workload {
    private Workload() {}

    /** Feeds this many messages with the exact distribution of the workload. */
    static void feed(String name, CutoffPolicy policy, long messages) {
        InputStream file = Objects.requireNonNull(
                Workload.class.getResourceAsStream("/workloads/" + name.toLowerCase(Locale.ROOT) + ".csv"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            lines.readLine();
            long before = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                int size = Integer.parseInt(line.substring(0, comma));
                long upTo = Math.round(Double.parseDouble(line.substring(comma + 1)) * messages);
                policy.onMessages(Math.min(size, Cutoffs.MAX_MESSAGE_LENGTH), upTo - before);
                before = upTo;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
