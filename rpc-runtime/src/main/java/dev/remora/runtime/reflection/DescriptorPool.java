package dev.remora.runtime.reflection;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Descriptors made of files as they come from a reflecting server or a descriptor set: what a client needs for
 * {@link com.google.protobuf.DynamicMessage}. Immutable; for any thread.
 */
public final class DescriptorPool {
    /** Imports of imports; deeper ones are refused. */
    private static final int MAX_DEPTH = 200;

    private final Map<String, FileDescriptor> files;
    private final Map<String, ServiceDescriptor> services = new TreeMap<>();
    private final Map<String, Descriptor> messages = new TreeMap<>();

    private DescriptorPool(Map<String, FileDescriptor> files) {
        this.files = files;
        for (FileDescriptor file : files.values()) {
            file.getServices().forEach(service -> services.putIfAbsent(service.getFullName(), service));
            file.getMessageTypes().forEach(this::add);
        }
    }

    /**
     * Links files with each other.
     *
     * @param protos in any order, with all they import; of two of one name the first counts
     * @throws IllegalArgumentException if an import is missing or goes round in a circle, or a file is not valid
     */
    public static DescriptorPool of(Collection<FileDescriptorProto> protos) {
        Map<String, FileDescriptorProto> byName = new LinkedHashMap<>();
        protos.forEach(proto -> byName.putIfAbsent(proto.getName(), proto));
        Linker linker = new Linker(byName);
        byName.keySet().forEach(name -> linker.link(name, "", 0));
        return new DescriptorPool(linker.linked);
    }

    /** All files; each after those it imports. */
    public List<FileDescriptor> files() {
        return List.copyOf(files.values());
    }

    /** All services, sorted by name. */
    public List<ServiceDescriptor> services() {
        return List.copyOf(services.values());
    }

    public Optional<ServiceDescriptor> service(String fullName) {
        return Optional.ofNullable(services.get(fullName));
    }

    /** All messages, nested ones too, without those that stand for the entries of maps; sorted by name. */
    public List<Descriptor> messages() {
        return messages.values().stream()
                .filter(message -> !message.getOptions().getMapEntry())
                .sorted(Comparator.comparing(Descriptor::getFullName))
                .toList();
    }

    public Optional<Descriptor> message(String fullName) {
        return Optional.ofNullable(messages.get(fullName));
    }

    /** These files and those of another pool; where both have a file of one name, this one's counts. */
    public DescriptorPool plus(DescriptorPool other) {
        return of(Stream.concat(files.values().stream(), other.files.values().stream())
                .map(FileDescriptor::toProto)
                .toList());
    }

    private void add(Descriptor message) {
        messages.putIfAbsent(message.getFullName(), message);
        message.getNestedTypes().forEach(this::add);
    }

    private static final class Linker {
        private final Map<String, FileDescriptorProto> protos;
        private final Map<String, FileDescriptor> linked = new LinkedHashMap<>();
        private final Set<String> open = new HashSet<>();

        Linker(Map<String, FileDescriptorProto> protos) {
            this.protos = protos;
        }

        FileDescriptor link(String name, String importer, int depth) {
            FileDescriptor done = linked.get(name);
            if (done != null) {
                return done;
            }
            FileDescriptorProto proto = protos.get(name);
            if (proto == null) {
                throw new IllegalArgumentException("file '" + name + "' is missing, which '" + importer + "' imports");
            }
            if (depth > MAX_DEPTH || !open.add(name)) {
                throw new IllegalArgumentException("the imports of file '" + name + "' "
                        + (depth > MAX_DEPTH ? "are nested more than " + MAX_DEPTH + " deep" : "go round in a circle"));
            }
            List<FileDescriptor> imports = new ArrayList<>();
            proto.getDependencyList().forEach(each -> imports.add(link(each, name, depth + 1)));
            open.remove(name);
            try {
                FileDescriptor file = FileDescriptor.buildFrom(proto, imports.toArray(new FileDescriptor[0]));
                linked.put(name, file);
                return file;
            } catch (DescriptorValidationException e) {
                throw new IllegalArgumentException("file '" + name + "' is not valid: " + e.getMessage(), e);
            }
        }
    }
}
