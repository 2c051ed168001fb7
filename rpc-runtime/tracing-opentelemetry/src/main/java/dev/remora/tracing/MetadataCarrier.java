package dev.remora.tracing;

import dev.remora.api.Metadata;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Metadata as the place where propagators put their fields. What does not fit into metadata is left out. */
final class MetadataCarrier {
    /** Takes fields in. */
    static final TextMapSetter<MetadataCarrier> SETTER = (carrier, name, value) -> {
        if (carrier != null) {
            carrier.set(name, value);
        }
    };

    /** Gives fields out. */
    static final TextMapGetter<Metadata> GETTER = new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Metadata metadata, String name) {
            Metadata.Key<String> key = key(name);
            return metadata == null || key == null ? null : metadata.get(key);
        }

        @Override
        public Iterator<String> getAll(@Nullable Metadata metadata, String name) {
            Metadata.Key<String> key = key(name);
            return metadata == null || key == null
                    ? List.<String>of().iterator()
                    : metadata.getAll(key).iterator();
        }
    };

    private Metadata metadata;

    MetadataCarrier(Metadata metadata) {
        this.metadata = metadata;
    }

    Metadata metadata() {
        return metadata;
    }

    private void set(String name, String value) {
        Metadata.Key<String> key = key(name);
        if (key != null && isPrintable(value)) {
            metadata = metadata.without(key).plus(key, value);
        }
    }

    /** Null for a field that cannot be a key of text. */
    private static Metadata.@Nullable Key<String> key(String name) {
        try {
            return Metadata.Key.text(name.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isPrintable(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
