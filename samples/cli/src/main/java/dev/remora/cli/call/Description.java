package dev.remora.cli.call;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.v1.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers {@code describe}: a service, a method with its messages, or a message. */
final class Description {
    private static final String WELL_KNOWN = "google.protobuf.";
    private static final int MAX_MESSAGES = 50;

    private final Schema schema;
    private final MethodFinder finder;
    private final String command;

    /** @param command what calls this server, to show how a method is called */
    Description(Schema schema, String command) {
        this.schema = schema;
        this.finder = new MethodFinder(schema);
        this.command = command;
    }

    /** Every service. */
    String all() {
        return pool(finder.services()).services().stream()
                .filter(service -> finder.services().stream()
                        .anyMatch(each -> each.getName().equals(service.getFullName())))
                .map(Description::service)
                .collect(Collectors.joining("\n"));
    }

    /** Whatever has this name, or this end of a name. */
    String of(String symbol) {
        DescriptorPool pool = pool(finder.services());
        for (Service service : finder.services()) {
            if (isEndOf(symbol, service.getName())) {
                return service(described(pool, service.getName()));
            }
        }
        List<Descriptor> messages = pool.messages().stream()
                .filter(message -> isEndOf(symbol, message.getFullName()))
                .toList();
        if (!messages.isEmpty()) {
            return messages.stream()
                    .map(message -> "// " + message.getFullName() + "\n" + ProtoText.of(message))
                    .collect(Collectors.joining("\n"));
        }
        return method(finder.method(symbol));
    }

    private String method(MethodFinder.Found found) {
        ServiceDescriptor service = described(
                schema.describe(List.of(found.service().getName())),
                found.service().getName());
        MethodDescriptor method = service.findMethodByName(found.method().getName());
        StringBuilder text = new StringBuilder("// " + found.fullName() + "\n" + ProtoText.of(method));
        for (GenericDescriptor type : types(method)) {
            text.append('\n').append(type instanceof Descriptor message ? ProtoText.of(message) : enumeration(type));
        }
        return text.append("\n// ")
                .append(command)
                .append(' ')
                .append(found.fullName())
                .append(" '")
                .append(JsonTemplate.of(method.getInputType()))
                .append("'\n")
                .toString();
    }

    private static String enumeration(GenericDescriptor type) {
        return type instanceof EnumDescriptor known ? ProtoText.of(known) : "";
    }

    private static String service(ServiceDescriptor service) {
        return "// " + service.getFullName() + "\n" + ProtoText.of(service);
    }

    private DescriptorPool pool(List<Service> services) {
        return schema.describe(services.stream().map(Service::getName).toList());
    }

    private ServiceDescriptor described(DescriptorPool pool, String name) {
        return pool.service(name)
                .orElseThrow(() -> new CallException(
                        schema.source() + " has " + name + ", but not its descriptor",
                        "give --proto FILE or --descriptors FILE"));
    }

    /** What a method takes and gives, and what that is made of; nested types stand in what they are nested in. */
    private static List<GenericDescriptor> types(MethodDescriptor method) {
        Map<String, GenericDescriptor> found = new LinkedHashMap<>();
        Stream.of(method.getInputType(), method.getOutputType()).forEach(type -> add(type, found));
        return List.copyOf(found.values());
    }

    private static void add(Descriptor message, Map<String, GenericDescriptor> found) {
        if (message.getFullName().startsWith(WELL_KNOWN) || found.size() >= MAX_MESSAGES) {
            return;
        }
        if (message.getContainingType() != null) {
            add(message.getContainingType(), found);
        } else if (found.putIfAbsent(message.getFullName(), message) != null) {
            return;
        }
        if (message.getContainingType() == null) {
            fields(message, found);
        }
    }

    private static void fields(Descriptor message, Map<String, GenericDescriptor> found) {
        for (FieldDescriptor field : message.getFields()) {
            FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
            if (value.getJavaType() == JavaType.MESSAGE) {
                add(value.getMessageType(), found);
            } else if (value.getJavaType() == JavaType.ENUM) {
                EnumDescriptor type = value.getEnumType();
                if (type.getContainingType() == null && !type.getFullName().startsWith(WELL_KNOWN)) {
                    found.putIfAbsent(type.getFullName(), type);
                }
            }
        }
        message.getNestedTypes().stream()
                .filter(nested -> !nested.getOptions().getMapEntry())
                .forEach(nested -> fields(nested, found));
    }

    private static boolean isEndOf(String symbol, String fullName) {
        return fullName.equals(symbol) || fullName.endsWith("." + symbol);
    }
}
