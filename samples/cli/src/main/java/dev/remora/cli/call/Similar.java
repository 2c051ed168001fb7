package dev.remora.cli.call;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Guesses what a misspelt name was meant to be. */
final class Similar {
    private static final int MAX_GUESSES = 3;

    private Similar() {}

    /** The known names that differ least, if that is little; case does not count. */
    static List<String> to(String name, Collection<String> known) {
        record Guess(String name, int distance) {}
        List<Guess> guesses = known.stream()
                .distinct()
                .map(each -> new Guess(each, distance(lower(name), lower(each))))
                .filter(guess -> guess.distance <= Math.max(2, name.length() / 3))
                .sorted(Comparator.comparingInt(Guess::distance).thenComparing(Guess::name))
                .toList();
        return guesses.stream()
                .filter(guess -> guess.distance == guesses.get(0).distance)
                .limit(MAX_GUESSES)
                .map(Guess::name)
                .toList();
    }

    /** As the end of a message: empty, or "; did you mean ...?". */
    static String hint(String name, Collection<String> known) {
        List<String> guesses = to(name, known);
        return guesses.isEmpty() ? "" : "; did you mean " + String.join(" or ", guesses) + "?";
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance with swapped neighbours as one slip. */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = Math.min(last[j - 1] + (same ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, before[j - 2] + 1);
                }
                row[j] = best;
            }
            int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
