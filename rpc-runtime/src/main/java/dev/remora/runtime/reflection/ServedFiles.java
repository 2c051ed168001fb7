package dev.remora.runtime.reflection;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files with all they import, found by name and by what they declare. Immutable. */
final class ServedFiles {
    private final Map<String, FileDescriptor> byName = new LinkedHashMap<>();
    private final Map<String, FileDescriptor> bySymbol = new HashMap<>();

    ServedFiles(Collection<FileDescriptor> roots) {
        roots.forEach(root -> addTo(byName, root));
        byName.values().forEach(this::index);
    }

    @Nullable
    FileDescriptor named(String name) {
        return byName.get(name);
    }

    @Nullable
    FileDescriptor declaring(String symbol) {
        return bySymbol.get(symbol);
    }

    /** Adds a file after those it imports, each once. */
    static void addTo(Map<String, FileDescriptor> files, FileDescriptor file) {
        if (!files.containsKey(file.getName())) {
            file.getDependencies().forEach(imported -> addTo(files, imported));
            files.putIfAbsent(file.getName(), file);
        }
    }

    private void index(FileDescriptor file) {
        file.getMessageTypes().forEach(this::index);
        file.getEnumTypes().forEach(this::index);
        indexAll(file.getExtensions());
        file.getServices().forEach(service -> {
            index(service, file);
            indexAll(service.getMethods());
        });
    }

    private void index(Descriptor message) {
        index(message, message.getFile());
        List<FieldDescriptor> fields = message.getFields();
        indexAll(fields);
        indexAll(message.getExtensions());
        message.getNestedTypes().forEach(this::index);
        message.getEnumTypes().forEach(this::index);
    }

    private void index(EnumDescriptor type) {
        index(type, type.getFile());
        // Values are named as siblings of their type, which Java's descriptors do not do.
        String scope = type.getFullName()
                .substring(0, type.getFullName().length() - type.getName().length());
        type.getValues().forEach(value -> bySymbol.putIfAbsent(scope + value.getName(), type.getFile()));
    }

    private void indexAll(List<? extends GenericDescriptor> symbols) {
        symbols.forEach(symbol -> index(symbol, symbol.getFile()));
    }

    private void index(GenericDescriptor symbol, FileDescriptor file) {
        // Two jars may bring the same file; the first one found answers for it.
        bySymbol.putIfAbsent(symbol.getFullName(), file);
    }
}
