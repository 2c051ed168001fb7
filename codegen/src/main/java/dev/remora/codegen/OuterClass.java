package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.palantir.javapoet.ClassName;
import java.util.List;

/**
 * The class that protoc's Java generator makes for a file: it holds the descriptor and, without java_multiple_files, the
 * messages. Rules: protobuf.dev, "Java Generated Code Guide", section on the file's class.
 */
final class OuterClass {
    private OuterClass() {}

    static ClassName of(FileDescriptorProto file) {
        return ClassName.get(JavaTypes.javaPackage(file), simpleName(file));
    }

    private static String simpleName(FileDescriptorProto file) {
        if (file.getOptions().hasJavaOuterClassname()) {
            return file.getOptions().getJavaOuterClassname();
        }
        String path = file.getName();
        String base = path.substring(path.lastIndexOf('/') + 1);
        if (base.endsWith(".proto")) {
            base = base.substring(0, base.length() - ".proto".length());
        } else if (base.endsWith(".protodevel")) {
            base = base.substring(0, base.length() - ".protodevel".length());
        }
        String name = camelCase(base);
        if (JavaTypes.isSince2024(file)) {
            return name + "Proto";
        }
        return isTaken(file, name) ? name + "OuterClass" : name;
    }

    /** ASCII letters start a word after anything that is not a letter; the rest is dropped. */
    private static String camelCase(String base) {
        StringBuilder name = new StringBuilder();
        boolean wordStarts = true;
        for (int i = 0; i < base.length(); i++) {
            char c = base.charAt(i);
            if (c >= 'a' && c <= 'z') {
                name.append(wordStarts ? (char) (c - 'a' + 'A') : c);
                wordStarts = false;
            } else if (c >= 'A' && c <= 'Z') {
                name.append(c);
                wordStarts = false;
            } else {
                if (c >= '0' && c <= '9') {
                    name.append(c);
                }
                wordStarts = true;
            }
        }
        return name.toString();
    }

    private static boolean isTaken(FileDescriptorProto file, String name) {
        return hasEnum(file.getEnumTypeList(), name)
                || file.getServiceList().stream()
                        .map(ServiceDescriptorProto::getName)
                        .anyMatch(name::equals)
                || hasMessage(file.getMessageTypeList(), name);
    }

    private static boolean hasMessage(List<DescriptorProto> messages, String name) {
        for (DescriptorProto message : messages) {
            if (message.getName().equals(name)
                    || hasEnum(message.getEnumTypeList(), name)
                    || hasMessage(message.getNestedTypeList(), name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasEnum(List<EnumDescriptorProto> enums, String name) {
        return enums.stream().map(EnumDescriptorProto::getName).anyMatch(name::equals);
    }
}
