package dev.remora.cli.call;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.Service;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What stands in files. */
final class FileSchema implements Schema {
    private final String source;
    private final DescriptorPool pool;

    private FileSchema(String source, DescriptorPool pool) {
        this.source = source;
        this.pool = pool;
    }

    static FileSchema of(String source, FileDescriptorSet files) {
        try {
            return new FileSchema(source, DescriptorPool.of(files.getFileList()));
        } catch (IllegalArgumentException e) {
            throw new CallException(source + ": " + e.getMessage(), "write the set with --include_imports");
        }
    }

    /** A descriptor set as protoc writes it. */
    static FileSchema read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(file.toString(), FileDescriptorSet.parseFrom(in));
        } catch (InvalidProtocolBufferException e) {
            throw new CallException(
                    file + " is not a descriptor set: " + e.getMessage(),
                    "make one with protoc --include_imports --descriptor_set_out=FILE, or give --proto instead");
        }
    }

    @Override
    public List<Service> services() {
        return pool.services().stream().map(FileSchema::describe).toList();
    }

    private static Service describe(ServiceDescriptor service) {
        Service.Builder described = Service.newBuilder().setName(service.getFullName());
        for (MethodDescriptor method : service.getMethods()) {
            described.addMethods(Method.newBuilder()
                    .setName(method.getName())
                    .setRequestType(method.getInputType().getFullName())
                    .setResponseType(method.getOutputType().getFullName())
                    .setClientStreaming(method.isClientStreaming())
                    .setServerStreaming(method.isServerStreaming()));
        }
        return described.build();
    }

    @Override
    public DescriptorPool describe(List<String> services) {
        return pool;
    }

    @Override
    public Optional<DescriptorPool> message(String fullName) {
        return pool.message(fullName).map(found -> pool);
    }

    @Override
    public String source() {
        return source;
    }
}
