package dev.remora.cli.call;

import dev.remora.api.Channel;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.ReflectionClient;
import dev.remora.runtime.reflection.v1.Service;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a server tells of itself. */
final class ReflectedSchema implements Schema {
    private final String address;
    private final ReflectionClient client;

    ReflectedSchema(String address, Channel channel, Duration timeout) {
        this.address = address;
        this.client = new ReflectionClient(channel, timeout);
    }

    @Override
    public List<Service> services() {
        return ask(client::services);
    }

    @Override
    public DescriptorPool describe(List<String> services) {
        return ask(() -> client.describe(services));
    }

    @Override
    public Optional<DescriptorPool> message(String fullName) {
        try {
            return Optional.of(client.describe(List.of(fullName)));
        } catch (RpcException e) {
            // The server does not know it, or is gone: what was met is shown as it is.
            return Optional.empty();
        }
    }

    @Override
    public String source() {
        return address;
    }

    private <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (RpcException e) {
            if (e.code() == StatusCode.UNIMPLEMENTED) {
                throw new CallException(
                        address + " does not tell what it serves: it has no reflection",
                        "let it (remora.server.reflection = true, or serve a ReflectionService), or give --proto FILE"
                                + " or --descriptors FILE",
                        StatusText.exitCode(e.code()));
            }
            throw new CallException(
                    address + " was asked what it serves and the call failed with " + e.status(),
                    e.code() == StatusCode.UNAVAILABLE || e.code() == StatusCode.DEADLINE_EXCEEDED
                            ? "check that the server runs, its address, and that it uses the same transport (--transport)"
                            : "give --proto FILE or --descriptors FILE instead",
                    StatusText.exitCode(e.code()));
        }
    }
}
