package dev.remora.runtime.reflection;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.runtime.ServerLifecycle;
import dev.remora.runtime.reflection.v1.FindFilesRequest;
import dev.remora.runtime.reflection.v1.FindFilesResponse;
import dev.remora.runtime.reflection.v1.ListServicesRequest;
import dev.remora.runtime.reflection.v1.ListServicesResponse;
import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.ReflectionRpc;
import dev.remora.runtime.reflection.v1.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients what its server serves, out of the descriptors that generated code carries. It learns the services from the
 * server, so it is added like any other and needs no list. One per server; for any thread.
 */
public final class ReflectionService extends ReflectionRpc.ServiceBase implements ServerLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ReflectionService.class);
    private static final int MAX_NAMES = 1000;

    private final List<FileDescriptor> more;
    private volatile List<ServiceDescriptor> services = List.of();
    private volatile @Nullable ServedFiles files;

    /** @param more files that no service imports although clients meet their messages: those of error details, say */
    public ReflectionService(FileDescriptor... more) {
        this.more = List.of(more);
    }

    @Override
    public void onStart(List<ServiceDescriptor> served) {
        services = served.stream()
                .sorted(Comparator.comparing(ServiceDescriptor::name))
                .toList();
        files = null;
    }

    @Override
    public ListServicesResponse listServices(ListServicesRequest request) {
        ListServicesResponse.Builder response = ListServicesResponse.newBuilder();
        services.forEach(service -> response.addServices(describe(service)));
        return response.build();
    }

    @Override
    public FindFilesResponse findFiles(FindFilesRequest request) {
        check("symbols", request.getSymbolsCount());
        check("file_names", request.getFileNamesCount());
        ServedFiles known = files();
        Map<String, FileDescriptor> found = new LinkedHashMap<>();
        collect("symbol", request.getSymbolsList(), known::declaring, request.getWithoutImports(), found);
        collect("file", request.getFileNamesList(), known::named, request.getWithoutImports(), found);
        FindFilesResponse.Builder response = FindFilesResponse.newBuilder();
        found.values().forEach(file -> response.addFiles(file.toProto()));
        return response.build();
    }

    private static void collect(
            String kind,
            List<String> names,
            Function<String, @Nullable FileDescriptor> find,
            boolean withoutImports,
            Map<String, FileDescriptor> into) {
        for (String name : names) {
            FileDescriptor file = find.apply(name);
            if (file == null) {
                throw new RpcException(StatusCode.NOT_FOUND, "this server knows no " + kind + " '" + name + "'");
            }
            if (withoutImports) {
                into.putIfAbsent(file.getName(), file);
            } else {
                ServedFiles.addTo(into, file);
            }
        }
    }

    private static void check(String field, int count) {
        if (count > MAX_NAMES) {
            throw new RpcException(
                    StatusCode.INVALID_ARGUMENT, field + " may have " + MAX_NAMES + " names, got " + count);
        }
    }

    private static Service describe(ServiceDescriptor service) {
        Descriptors.ServiceDescriptor descriptor = protobuf(service);
        Service.Builder described = Service.newBuilder().setName(service.name());
        for (MethodDescriptor<?, ?> method : service.methods()) {
            Method.Builder each = described
                    .addMethodsBuilder()
                    .setName(method.methodName())
                    .setClientStreaming(method.shape() == MethodDescriptor.Shape.CLIENT_STREAMING
                            || method.shape() == MethodDescriptor.Shape.BIDI_STREAMING)
                    .setServerStreaming(method.shape() == MethodDescriptor.Shape.SERVER_STREAMING
                            || method.shape() == MethodDescriptor.Shape.BIDI_STREAMING);
            Descriptors.MethodDescriptor known =
                    descriptor == null ? null : descriptor.findMethodByName(method.methodName());
            if (known != null) {
                each.setRequestType(known.getInputType().getFullName());
                each.setResponseType(known.getOutputType().getFullName());
            }
        }
        return described.build();
    }

    /** Made at the first question: resolving descriptors takes a moment that a server that is never asked need not spend. */
    private ServedFiles files() {
        ServedFiles known = files;
        if (known == null) {
            List<FileDescriptor> roots = new ArrayList<>(more);
            for (ServiceDescriptor service : services) {
                Descriptors.ServiceDescriptor descriptor = protobuf(service);
                if (descriptor != null) {
                    roots.add(descriptor.getFile());
                }
            }
            known = new ServedFiles(roots);
            files = known;
        }
        return known;
    }

    /** Null for a service that was made by hand and has none. */
    private static Descriptors.@Nullable ServiceDescriptor protobuf(ServiceDescriptor service) {
        try {
            return service.protobuf().get();
        } catch (RuntimeException e) {
            LOG.debug("service {} has no protobuf descriptor", service.name(), e);
            return null;
        }
    }
}
