package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One service, read and checked.
 *
 * @param javaClass what is generated
 * @param outerClass class of the file, which has its descriptor
 * @param comment as in the .proto, empty if there is none
 */
record ServiceModel(
        String fullName,
        String protoName,
        ClassName javaClass,
        ClassName outerClass,
        List<MethodModel> methods,
        boolean deprecated,
        String comment,
        SourceInfo source,
        List<Integer> path) {

    /** Names of the generated nested types. */
    static final List<String> NESTED =
            List.of("BlockingStub", "FutureStub", "CallbackStub", "ServiceBase", "AsyncServiceBase");

    static ServiceModel read(FileDescriptorProto file, int index, JavaTypes types) {
        SourceInfo source = new SourceInfo(file);
        ServiceDescriptorProto service = file.getService(index);
        List<Integer> path = List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, index);
        String fullName = file.getPackage().isEmpty() ? service.getName() : file.getPackage() + "." + service.getName();
        ServiceModel empty = new ServiceModel(
                fullName,
                service.getName(),
                javaClass(file, service, source, path),
                OuterClass.of(file),
                List.of(),
                service.getOptions().getDeprecated(),
                source.comment(path),
                source,
                path);
        return empty.withMethods(service, types);
    }

    /** An error that names where the service stands. */
    ProtoException error(String message) {
        return source.error(path, message);
    }

    private ServiceModel withMethods(ServiceDescriptorProto service, JavaTypes types) {
        List<MethodModel> found = new ArrayList<>();
        Map<String, String> byJavaName = new HashMap<>();
        Set<String> constants = new HashSet<>();
        for (int i = 0; i < service.getMethodCount(); i++) {
            MethodDescriptorProto method = service.getMethod(i);
            List<Integer> place = new ArrayList<>(path);
            place.add(ServiceDescriptorProto.METHOD_FIELD_NUMBER);
            place.add(i);
            String javaName = JavaNames.method(method.getName());
            String other = byJavaName.putIfAbsent(javaName, method.getName());
            if (other != null) {
                throw source.error(
                        place,
                        "methods " + other + " and " + method.getName() + " of service " + fullName
                                + " would both become the Java method " + javaName + "; rename one of them");
            }
            // Different methods may still meet here, as getURL and getUrl do.
            String constant = JavaNames.constant(method.getName());
            for (int n = 2; !constants.add(constant); n++) {
                constant = JavaNames.constant(method.getName()) + "_" + n;
            }
            found.add(new MethodModel(
                    method.getName(),
                    javaName,
                    constant,
                    Shape.of(method.getClientStreaming(), method.getServerStreaming()),
                    messageType(method.getInputType(), types, place),
                    messageType(method.getOutputType(), types, place),
                    flags(method, place),
                    method.getOptions().getDeprecated(),
                    source.comment(place)));
        }
        return new ServiceModel(
                fullName, protoName, javaClass, outerClass, List.copyOf(found), deprecated, comment, source, path);
    }

    private MethodFlags flags(MethodDescriptorProto method, List<Integer> place) {
        try {
            return MethodFlags.of(method.getOptions());
        } catch (InvalidProtocolBufferException e) {
            throw source.error(
                    place,
                    "option " + MethodFlags.EXTENSION + " of method " + method.getName()
                            + " is not the (remora.method) of remora/options.proto: " + e.getMessage());
        }
    }

    private ClassName messageType(String protoName, JavaTypes types, List<Integer> place) {
        ClassName type = types.get(protoName);
        if (type == null) {
            throw source.error(place, "protoc did not describe the message " + protoName);
        }
        boolean unnamed = type.packageName().isEmpty();
        if (unnamed && !javaClass.packageName().isEmpty()) {
            throw source.error(
                    place,
                    "message " + protoName + " has no Java package, so that the class " + javaClass.canonicalName()
                            + " cannot name it; give its file a package or java_package");
        }
        String top = type.topLevelClassName().simpleName();
        if (unnamed && NESTED.contains(top)) {
            throw source.error(
                    place,
                    "without a Java package, the class " + top + " cannot be told from " + javaClass.simpleName() + "."
                            + top + "; give the file a package or java_package");
        }
        return type;
    }

    /** The service's name with Rpc or, if a class of the same file is called so, with RpcStubs. */
    private static ClassName javaClass(
            FileDescriptorProto file, ServiceDescriptorProto service, SourceInfo source, List<Integer> path) {
        Set<String> taken = new HashSet<>();
        taken.add(OuterClass.of(file).simpleName());
        for (DescriptorProto message : file.getMessageTypeList()) {
            taken.add(message.getName());
            taken.add(message.getName() + "OrBuilder");
        }
        for (EnumDescriptorProto type : file.getEnumTypeList()) {
            taken.add(type.getName());
        }
        for (ServiceDescriptorProto other : file.getServiceList()) {
            taken.add(other.getName());
        }
        for (String suffix : List.of("Rpc", "RpcStubs")) {
            if (!taken.contains(service.getName() + suffix)) {
                return ClassName.get(JavaTypes.javaPackage(file), service.getName() + suffix);
            }
        }
        throw source.error(
                path,
                "no Java class name is free for service " + service.getName() + ": its file has both "
                        + service.getName() + "Rpc and " + service.getName() + "RpcStubs");
    }
}
