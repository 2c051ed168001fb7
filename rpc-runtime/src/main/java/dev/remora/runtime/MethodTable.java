package dev.remora.runtime;

import dev.remora.api.BindableService;
import dev.remora.api.ServerMethod;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds a method by the bytes of its name in a request, without making a String of them: open addressing over a table
 * at most half full, immutable once built.
 *
 * @param <E> what is kept per method
 */
final class MethodTable<E> {
    private final byte[][] names;
    private final Object[] entries;
    private final List<String> fullNames;

    MethodTable(List<BindableService> services, Function<ServerMethod<?, ?>, E> toEntry) {
        List<ServerMethod<?, ?>> all = new ArrayList<>();
        for (BindableService service : services) {
            all.addAll(service.methods());
        }
        int capacity = Integer.highestOneBit(Math.max(4, all.size() * 4 - 1));
        names = new byte[capacity][];
        entries = new Object[capacity];
        for (ServerMethod<?, ?> method : all) {
            String fullName = method.descriptor().fullName();
            byte[] name = fullName.getBytes(StandardCharsets.UTF_8);
            int i = hash(ByteBuffer.wrap(name), 0, name.length) & (capacity - 1);
            while (entries[i] != null) {
                if (Arrays.equals(names[i], name)) {
                    throw new IllegalArgumentException(
                            "method " + fullName + " is served twice: add each service to a server only once");
                }
                i = (i + 1) & (capacity - 1);
            }
            names[i] = name;
            entries[i] = toEntry.apply(method);
        }
        fullNames = all.stream().map(m -> m.descriptor().fullName()).sorted().toList();
    }

    /** The entry of the name at {@code offset}, or null. */
    @SuppressWarnings("unchecked")
    @Nullable
    E find(ByteBuffer buffer, int offset, int length) {
        int mask = entries.length - 1;
        int i = hash(buffer, offset, length) & mask;
        while (entries[i] != null) {
            if (equal(names[i], buffer, offset, length)) {
                return (E) entries[i];
            }
            i = (i + 1) & mask;
        }
        return null;
    }

    /** Full names of all methods, sorted. */
    List<String> fullNames() {
        return fullNames;
    }

    private static int hash(ByteBuffer buffer, int offset, int length) {
        int h = length;
        for (int i = offset; i < offset + length; i++) {
            h = 31 * h + buffer.get(i);
        }
        return h ^ (h >>> 16);
    }

    private static boolean equal(byte[] name, ByteBuffer buffer, int offset, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != buffer.get(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
