package dev.remora.runtime.config;

import java.util.Collection;
import java.util.Optional;

/** Finds what a mistyped key was meant to be. */
final class NearestKey {
    private NearestKey() {}

    /** The known key with the smallest edit distance, if that is small enough to be a slip. */
    static Optional<String> of(String unknown, Collection<String> known) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(unknown, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        int lastWord = unknown.length() - unknown.lastIndexOf('.') - 1;
        return bestDistance <= Math.max(2, lastWord / 3) ? Optional.of(best) : Optional.empty();
    }

    /** Levenshtein's distance, two rows at a time. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
