package dev.remora.cli.call;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.Service;
import dev.remora.samples.echo.v1.EchoRpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The echo service, and others that have nothing but names. */
final class FakeSchema implements Schema {
    private final List<Service> services = new ArrayList<>();

    FakeSchema with(String service, String... methods) {
        Service.Builder built = Service.newBuilder().setName(service);
        for (String method : methods) {
            built.addMethods(Method.newBuilder().setName(method));
        }
        services.add(built.build());
        return this;
    }

    static DescriptorPool echo() {
        List<FileDescriptor> files = new ArrayList<>();
        add(EchoRpc.SERVICE.protobuf().get().getFile(), files);
        return DescriptorPool.of(files.stream().map(FileDescriptor::toProto).toList());
    }

    private static void add(FileDescriptor file, List<FileDescriptor> files) {
        file.getDependencies().forEach(each -> add(each, files));
        files.add(file);
    }

    @Override
    public List<Service> services() {
        return services;
    }

    @Override
    public DescriptorPool describe(List<String> names) {
        return echo();
    }

    @Override
    public Optional<DescriptorPool> message(String fullName) {
        return Optional.empty();
    }

    @Override
    public String source() {
        return "server:1";
    }
}
