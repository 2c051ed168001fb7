package dev.remora.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much a call matters when a server cannot serve all of them: the least critical ones are refused first, and wait
 * longest. From least to most; {@link #CRITICAL} is what a call is that says nothing. It travels as metadata, and calls made
 * while serving a call inherit it.
 */
public enum Criticality {
    /** Nobody notices if it fails for hours: batch work, prefetching. */
    SHEDDABLE,
    /** Expected to fail now and then: retried later by whoever wants it. */
    SHEDDABLE_PLUS,
    /** Users notice if it fails. The default. */
    CRITICAL,
    /** For what must go on when everything else has been given up: little traffic, planned for. */
    CRITICAL_PLUS;

    /** The metadata key that carries it; its value is {@link #word}. */
    public static final Metadata.Key<String> KEY = Metadata.Key.text("remora-criticality");

    private static final Criticality[] ALL = values();

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final Metadata metadata = Metadata.of(Metadata.Key.text("remora-criticality"), word);

    /** As it stands in metadata and configuration, such as {@code sheddable-plus}. */
    public String word() {
        return word;
    }

    /** To send with a call: {@code stub.withMetadata(Criticality.SHEDDABLE.asMetadata())}. */
    public Metadata asMetadata() {
        return metadata;
    }

    /** What metadata says, or {@code otherwise} if it says nothing or a word that is none of ours. */
    public static Criticality of(Metadata metadata, Criticality otherwise) {
        if (metadata.isEmpty()) {
            return otherwise;
        }
        Criticality found = ofWord(metadata.get(KEY));
        return found == null ? otherwise : found;
    }

    /** The one with that word; null if there is none. */
    public static @Nullable Criticality ofWord(@Nullable String word) {
        if (word != null) {
            for (Criticality c : ALL) {
                if (c.word.equals(word)) {
                    return c;
                }
            }
        }
        return null;
    }
}
