package dev.remora.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ordered key/value pairs that travel beside a message. Keys are lower-case ASCII; a key that ends in {@code -bin} has
 * bytes as its value, every other printable ASCII text. A key may occur more than once.
 *
 * <p>Immutable: share it freely between threads and calls.
 */
public final class Metadata {
    /** Nothing. */
    public static final Metadata EMPTY = new Metadata(new String[0], new byte[0][]);

    /** The suffix that marks a binary key. */
    public static final String BINARY_SUFFIX = "-bin";

    private final String[] names;
    private final byte[][] values;

    private Metadata(String[] names, byte[][] values) {
        this.names = names;
        this.values = values;
    }

    /** A key with the type of its values. */
    public static final class Key<T> {
        private final String name;
        private final boolean binary;

        private Key(String name, boolean binary) {
            this.name = checkName(name);
            this.binary = binary;
            if (binary != isBinary(name)) {
                throw new IllegalArgumentException(
                        "metadata key '" + name + "': binary keys, and only they, end in " + BINARY_SUFFIX);
            }
        }

        /** A key of text values: printable ASCII. */
        public static Key<String> text(String name) {
            return new Key<>(name, false);
        }

        /** A key of binary values; its name ends in {@code -bin}. */
        public static Key<byte[]> binary(String name) {
            return new Key<>(name, true);
        }

        public String name() {
            return name;
        }

        @SuppressWarnings("unchecked")
        private T decode(byte[] value) {
            return (T) (binary ? value.clone() : new String(value, StandardCharsets.US_ASCII));
        }

        private byte[] encode(T value) {
            return binary ? ((byte[]) value).clone() : encodeText(name, (String) value);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** One pair. */
    public static <T> Metadata of(Key<T> key, T value) {
        return builder().put(key, value).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The last value of a key, or null. */
    public <T> @Nullable T get(Key<T> key) {
        for (int i = names.length - 1; i >= 0; i--) {
            if (names[i].equals(key.name)) {
                return key.decode(values[i]);
            }
        }
        return null;
    }

    /** All values of a key in their order. */
    public <T> List<T> getAll(Key<T> key) {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(key.name)) {
                all.add(key.decode(values[i]));
            }
        }
        return all;
    }

    public Collection<String> names() {
        return List.of(names);
    }

    public boolean isEmpty() {
        return names.length == 0;
    }

    /** The number of pairs. */
    public int size() {
        return names.length;
    }

    /** Name of pair {@code i}, 0 to {@code size()-1}. */
    public String name(int i) {
        return names[i];
    }

    /** A copy of the value of pair {@code i} as it travels. */
    public byte[] rawValue(int i) {
        return values[i].clone();
    }

    /** Every pair as it travels. The arrays are the metadata's own: read, never write. */
    public void forEachRaw(BiConsumer<String, byte[]> visitor) {
        for (int i = 0; i < names.length; i++) {
            visitor.accept(names[i], values[i]);
        }
    }

    /** These pairs, then those of {@code other}. */
    public Metadata plus(Metadata other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        return new Builder().putAll(this).putAll(other).build();
    }

    public <T> Metadata plus(Key<T> key, T value) {
        return new Builder().putAll(this).put(key, value).build();
    }

    /** These pairs without those of a key. */
    public Metadata without(Key<?> key) {
        Builder rest = new Builder();
        for (int i = 0; i < names.length; i++) {
            if (!names[i].equals(key.name)) {
                rest.names.add(names[i]);
                rest.values.add(values[i]);
            }
        }
        return rest.names.size() == names.length ? this : rest.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Metadata m && Arrays.equals(names, m.names) && Arrays.deepEquals(values, m.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(names) + Arrays.deepHashCode(values);
    }

    /** Names and text values; of binary values only the size. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder("{");
        for (int i = 0; i < names.length; i++) {
            s.append(i == 0 ? "" : ", ").append(names[i]).append('=');
            s.append(
                    isBinary(names[i])
                            ? values[i].length + " bytes"
                            : new String(values[i], StandardCharsets.US_ASCII));
        }
        return s.append('}').toString();
    }

    private static boolean isBinary(String name) {
        return name.endsWith(BINARY_SUFFIX);
    }

    /** Returns the name, or says what is wrong with it. */
    private static String checkName(String name) {
        if (name.isEmpty() || name.length() > 255) {
            throw new IllegalArgumentException("metadata key '" + name + "' must have 1 to 255 characters");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
            if (!ok) {
                throw new IllegalArgumentException("metadata key '" + name + "' has the character '" + c + "' at " + i
                        + "; allowed are a-z, 0-9, '-', '_' and '.'");
            }
        }
        return name;
    }

    private static byte[] encodeText(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                throw new IllegalArgumentException("metadata '" + name + "': character " + i
                        + " is not printable ASCII; use a key ending in " + BINARY_SUFFIX);
            }
        }
        return value.getBytes(StandardCharsets.US_ASCII);
    }

    /** Collects pairs; not for use by several threads. */
    public static final class Builder {
        private final List<String> names = new ArrayList<>();
        private final List<byte[]> values = new ArrayList<>();

        private Builder() {}

        public <T> Builder put(Key<T> key, T value) {
            names.add(key.name);
            values.add(key.encode(value));
            return this;
        }

        /**
         * A pair as it came from the wire.
         *
         * @throws IllegalArgumentException if the name or a text value has characters that are not allowed
         */
        public Builder putRaw(String name, byte[] value) {
            checkName(name);
            if (!isBinary(name)) {
                encodeText(name, new String(value, StandardCharsets.ISO_8859_1));
            }
            names.add(name);
            values.add(value);
            return this;
        }

        public Builder putAll(Metadata other) {
            names.addAll(Arrays.asList(other.names));
            values.addAll(Arrays.asList(other.values));
            return this;
        }

        public Metadata build() {
            return names.isEmpty() ? EMPTY : new Metadata(names.toArray(new String[0]), values.toArray(new byte[0][]));
        }
    }
}
