package dev.remora.cli.call;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Descriptors as they would stand in a {@code .proto} file, with their comments where those are known. */
final class ProtoText {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private final String scope;

    /** @param scope package whose names are written without it */
    private ProtoText(String scope) {
        this.scope = scope;
    }

    static String of(ServiceDescriptor service) {
        ProtoText text = new ProtoText(service.getFile().getPackage());
        text.comment(Comments.of(service), "");
        text.line("", "service " + service.getName() + " {");
        for (MethodDescriptor method : service.getMethods()) {
            text.comment(Comments.of(method), INDENT);
            text.line(INDENT, text.signature(method));
        }
        text.line("", "}");
        return text.out.toString();
    }

    static String of(MethodDescriptor method) {
        ProtoText text = new ProtoText(method.getFile().getPackage());
        text.comment(Comments.of(method), "");
        text.line("", text.signature(method));
        return text.out.toString();
    }

    static String of(Descriptor message) {
        ProtoText text = new ProtoText(message.getFile().getPackage());
        text.message(message, "");
        return text.out.toString();
    }

    static String of(EnumDescriptor type) {
        ProtoText text = new ProtoText(type.getFile().getPackage());
        text.enumeration(type, "");
        return text.out.toString();
    }

    private String signature(MethodDescriptor method) {
        MethodFlags flags = MethodFlags.of(method);
        List<String> notes = new ArrayList<>();
        if (flags.idempotent()) {
            notes.add("idempotent");
        }
        if (flags.inline()) {
            notes.add("inline");
        }
        if (method.getOptions().getDeprecated()) {
            notes.add("deprecated");
        }
        return "rpc " + method.getName() + "(" + (method.isClientStreaming() ? "stream " : "")
                + shortened(method.getInputType().getFullName()) + ") returns ("
                + (method.isServerStreaming() ? "stream " : "")
                + shortened(method.getOutputType().getFullName()) + ");"
                + (notes.isEmpty() ? "" : "  // " + String.join(", ", notes));
    }

    private void message(Descriptor message, String indent) {
        comment(Comments.of(message), indent);
        if (message.getFields().isEmpty()
                && message.getNestedTypes().isEmpty()
                && message.getEnumTypes().isEmpty()) {
            line(indent, "message " + message.getName() + " {}");
            return;
        }
        line(indent, "message " + message.getName() + " {");
        String inner = indent + INDENT;
        for (Descriptor nested : message.getNestedTypes()) {
            if (!nested.getOptions().getMapEntry()) {
                message(nested, inner);
            }
        }
        message.getEnumTypes().forEach(nested -> enumeration(nested, inner));
        for (FieldDescriptor field : message.getFields()) {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof == null) {
                field(field, inner);
            } else if (oneof.getField(0).equals(field)) {
                line(inner, "oneof " + oneof.getName() + " {");
                oneof.getFields().forEach(each -> field(each, inner + INDENT));
                line(inner, "}");
            }
        }
        line(indent, "}");
    }

    private void field(FieldDescriptor field, String indent) {
        comment(Comments.of(field), indent);
        line(
                indent,
                label(field) + type(field) + " " + field.getName() + " = " + field.getNumber()
                        + (field.getOptions().getDeprecated() ? " [deprecated = true]" : "") + ";");
    }

    private static String label(FieldDescriptor field) {
        if (field.isMapField() || field.getRealContainingOneof() != null) {
            return "";
        }
        return field.isRepeated()
                ? "repeated "
                : field.isRequired() ? "required " : field.toProto().getProto3Optional() ? "optional " : "";
    }

    private String type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return "map<" + type(entry.findFieldByName("key")) + ", " + type(entry.findFieldByName("value")) + ">";
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> shortened(field.getMessageType().getFullName());
            case ENUM -> shortened(field.getEnumType().getFullName());
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private void enumeration(EnumDescriptor type, String indent) {
        comment(Comments.of(type), indent);
        line(indent, "enum " + type.getName() + " {");
        for (EnumValueDescriptor value : type.getValues()) {
            comment(Comments.of(value), indent + INDENT);
            line(indent + INDENT, value.getName() + " = " + value.getNumber() + ";");
        }
        line(indent, "}");
    }

    private String shortened(String fullName) {
        return !scope.isEmpty() && fullName.startsWith(scope + ".") ? fullName.substring(scope.length() + 1) : fullName;
    }

    private void comment(String comment, String indent) {
        comment.lines().forEach(each -> line(indent, ("// " + each.strip()).strip()));
    }

    private void line(String indent, String text) {
        out.append(indent).append(text).append('\n');
    }
}
