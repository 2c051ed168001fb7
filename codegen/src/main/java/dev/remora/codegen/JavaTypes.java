package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.JavaFeaturesProto.JavaFeatures.NestInFileClassFeature.NestInFileClass;
import com.palantir.javapoet.ClassName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which Java class protoc's own Java generator makes of each message of a request. */
final class JavaTypes {
    private final Map<String, ClassName> byProtoName = new HashMap<>();

    private JavaTypes() {}

    static JavaTypes of(List<FileDescriptorProto> files) {
        JavaTypes types = new JavaTypes();
        for (FileDescriptorProto file : files) {
            String scope = file.getPackage().isEmpty() ? "" : "." + file.getPackage();
            for (DescriptorProto message : file.getMessageTypeList()) {
                ClassName name = isNested(file, message)
                        ? OuterClass.of(file).nestedClass(message.getName())
                        : ClassName.get(javaPackage(file), message.getName());
                types.add(scope, message, name);
            }
        }
        return types;
    }

    static String javaPackage(FileDescriptorProto file) {
        return file.getOptions().hasJavaPackage() ? file.getOptions().getJavaPackage() : file.getPackage();
    }

    /** @param protoName as in a descriptor: full, with a dot in front */
    @Nullable
    ClassName get(String protoName) {
        return byProtoName.get(protoName);
    }

    private void add(String scope, DescriptorProto message, ClassName name) {
        String protoName = scope + "." + message.getName();
        byProtoName.put(protoName, name);
        for (DescriptorProto nested : message.getNestedTypeList()) {
            add(protoName, nested, name.nestedClass(nested.getName()));
        }
    }

    /** Whether a top-level message's class is inside the class of the file. */
    static boolean isNested(FileDescriptorProto file, DescriptorProto message) {
        NestInFileClass feature = message.getOptions()
                .getFeatures()
                .getExtension(JavaFeaturesProto.java_)
                .getNestInFileClass();
        if (feature == NestInFileClass.YES || feature == NestInFileClass.NO) {
            return feature == NestInFileClass.YES;
        }
        return !isSince2024(file) && !file.getOptions().getJavaMultipleFiles();
    }

    static boolean isSince2024(FileDescriptorProto file) {
        return file.getSyntax().equals("editions") && file.getEdition().getNumber() >= Edition.EDITION_2024_VALUE;
    }
}
