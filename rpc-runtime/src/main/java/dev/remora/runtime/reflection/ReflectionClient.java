package dev.remora.runtime.reflection;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.remora.api.Channel;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.reflection.v1.FindFilesRequest;
import dev.remora.runtime.reflection.v1.ListServicesRequest;
import dev.remora.runtime.reflection.v1.ReflectionRpc;
import dev.remora.runtime.reflection.v1.Service;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a server's reflection service. Its methods wait for the answer and throw {@link RpcException}: UNIMPLEMENTED if the
 * server has no reflection. For any thread.
 */
public final class ReflectionClient {
    /** More files than any service needs; a server that names more is not believed. */
    private static final int MAX_FILES = 10_000;

    private final ReflectionRpc.BlockingStub stub;

    /**
     * Over a channel to one server.
     *
     * @param timeout of each question
     */
    public ReflectionClient(Channel channel, Duration timeout) {
        this.stub = ReflectionRpc.blockingStub(channel).withTimeout(timeout);
    }

    /** What the server serves, sorted by name. */
    public List<Service> services() {
        return stub.listServices(ListServicesRequest.getDefaultInstance()).getServicesList();
    }

    /**
     * The files that declare these symbols, with all they import.
     *
     * @throws RpcException with NOT_FOUND if the server does not know one of them; with INTERNAL if what it tells is not
     *     valid
     */
    public DescriptorPool describe(Collection<String> symbols) {
        FindFilesRequest request =
                FindFilesRequest.newBuilder().addAllSymbols(symbols).build();
        try {
            return link(stub.findFiles(request).getFilesList());
        } catch (RpcException e) {
            if (e.code() != StatusCode.RESOURCE_EXHAUSTED) {
                throw e;
            }
            // Too much for one message: one file after the other.
            return link(oneByOne(request));
        }
    }

    private Collection<FileDescriptorProto> oneByOne(FindFilesRequest symbols) {
        Map<String, FileDescriptorProto> found = new LinkedHashMap<>();
        Deque<String> missing = new ArrayDeque<>();
        for (String symbol : symbols.getSymbolsList()) {
            add(FindFilesRequest.newBuilder().addSymbols(symbol), found, missing);
        }
        while (!missing.isEmpty()) {
            String name = missing.pop();
            if (!found.containsKey(name)) {
                add(FindFilesRequest.newBuilder().addFileNames(name), found, missing);
            }
        }
        return found.values();
    }

    private void add(FindFilesRequest.Builder request, Map<String, FileDescriptorProto> found, Deque<String> missing) {
        for (FileDescriptorProto file :
                stub.findFiles(request.setWithoutImports(true).build()).getFilesList()) {
            if (found.size() >= MAX_FILES) {
                throw new RpcException(StatusCode.INTERNAL, "the server names more than " + MAX_FILES + " files");
            }
            found.putIfAbsent(file.getName(), file);
            missing.addAll(file.getDependencyList());
        }
    }

    private static DescriptorPool link(Collection<FileDescriptorProto> files) {
        try {
            return DescriptorPool.of(files);
        } catch (IllegalArgumentException e) {
            throw new RpcException(StatusCode.INTERNAL, "the server's descriptors: " + e.getMessage());
        }
    }
}
