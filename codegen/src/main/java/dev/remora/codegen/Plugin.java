package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.palantir.javapoet.ClassName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Answers one request of protoc. */
final class Plugin {
    private Plugin() {}

    static CodeGeneratorResponse run(CodeGeneratorRequest request) {
        CodeGeneratorResponse.Builder response = CodeGeneratorResponse.newBuilder()
                .setSupportedFeatures(CodeGeneratorResponse.Feature.FEATURE_PROTO3_OPTIONAL_VALUE
                        | CodeGeneratorResponse.Feature.FEATURE_SUPPORTS_EDITIONS_VALUE)
                .setMinimumEdition(Edition.EDITION_PROTO2_VALUE)
                .setMaximumEdition(Edition.EDITION_2024_VALUE);
        try {
            generate(request, response);
        } catch (ProtoException e) {
            // What was made so far is worth nothing without the rest.
            response.clearFile().setError(e.getMessage());
        }
        return response.build();
    }

    private static void generate(CodeGeneratorRequest request, CodeGeneratorResponse.Builder response) {
        if (!request.getParameter().isEmpty()) {
            throw new ProtoException("remora: unknown plugin parameter '" + request.getParameter()
                    + "': it takes none, remove it from --remora_opt or --remora_out");
        }
        JavaTypes types = JavaTypes.of(request.getProtoFileList());
        Set<String> selected = new HashSet<>(request.getFileToGenerateList());
        Map<ClassName, String> made = new HashMap<>();
        for (FileDescriptorProto file : request.getProtoFileList()) {
            if (!selected.contains(file.getName())) {
                continue;
            }
            for (int i = 0; i < file.getServiceCount(); i++) {
                ServiceModel service = ServiceModel.read(file, i, types);
                String other = made.putIfAbsent(service.javaClass(), service.fullName());
                if (other != null) {
                    throw service.error("service " + service.fullName() + " and service " + other
                            + " would both become the Java class "
                            + service.javaClass().canonicalName());
                }
                response.addFile(CodeGeneratorResponse.File.newBuilder()
                        .setName(service.javaClass().canonicalName().replace('.', '/') + ".java")
                        .setContent(ServiceFile.write(service)));
            }
        }
    }
}
