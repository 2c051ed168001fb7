package dev.remora.homa;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.SharedEal;
import dev.remora.homa.link.socket.Namespaces;
import dev.remora.homa.net.InterfaceDevice;
import dev.remora.homa.net.InterfaceNetwork;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Two namespaces joined by veth, whose kernels have addresses, and transports in them. */
final class InterfaceRig implements AutoCloseable {
    static final String CALLER = "10.77.0.1";
    static final String SERVER = "10.77.0.2";

    /** Of our own: not the kernel's. */
    static final String OWN_CALLER = "10.77.0.101";

    static final String OWN_SERVER = "10.77.0.102";
    /** Of DPDK, which the first test of a JVM starts for all: enough for the pairs of those of hosts, with two queues each. */
    private static final int MEMORY_MB = 512;

    final Namespaces spaces = Namespaces.create();
    /** How often each request was executed, by the number in its first 8 bytes. */
    final Map<Long, AtomicInteger> executions = new ConcurrentHashMap<>();

    private final List<HomaTransport> transports = new ArrayList<>();

    InterfaceRig() {
        address(spaces.first(), CALLER);
        address(spaces.second(), SERVER);
    }

    private void address(Namespaces.Space space, String address) {
        try {
            space.ip("address", "add", address + "/24", "dev", space.interfaceName());
        } catch (Throwable e) {
            spaces.close();
            throw e;
        }
    }

    /** A transport in a namespace, as the provider makes it. */
    HomaTransport transport(Namespaces.Space space, Map<String, String> overrides) {
        ContractSettings values = values(space, overrides);
        HomaTransport made = space.in(() -> (HomaTransport) new HomaTransportProvider().create(values));
        transports.add(made);
        return made;
    }

    /** The same over other queues, put over those of the device. */
    HomaTransport transport(Namespaces.Space space, Map<String, String> overrides, UnaryOperator<FrameQueue> over) {
        ContractSettings values = values(space, overrides);
        HomaTransport made = space.in(() -> {
            InterfaceChoice choice = InterfaceChoice.of(values);
            List<FrameQueue> queues =
                    choice.device().queues().stream().map(over).toList();
            InterfaceDevice device = new InterfaceDevice() {
                @Override
                public List<FrameQueue> queues() {
                    return queues;
                }

                @Override
                public @Nullable Spread spread() {
                    return choice.device().spread();
                }

                @Override
                public boolean steersFlows() {
                    return choice.device().steersFlows();
                }

                @Override
                public boolean takesTagsOff() {
                    return choice.device().takesTagsOff();
                }

                @Override
                public void close() {
                    choice.device().close();
                }
            };
            return new HomaTransport(new InterfaceNetwork(device, choice.settings()), values);
        });
        transports.add(made);
        return made;
    }

    private static ContractSettings values(Namespaces.Space space, Map<String, String> overrides) {
        Map<String, String> texts = new HashMap<>(Map.of(
                "network",
                "interface",
                "interface.name",
                space.interfaceName(),
                "protocol.timeout-ticks",
                Integer.toString(HomaFixture.PATIENT_TICKS),
                // Many engines on few CPUs.
                "idle",
                "park"));
        texts.putAll(overrides);
        if ("af-packet".equals(texts.get("interface.link"))) {
            // Started here, DPDK's threads do not end up in the namespace.
            SharedEal.get(EalConfig.builder()
                    .memoryMb(MEMORY_MB)
                    .hugepages(HugepagePolicy.NONE)
                    .build());
        }
        return ContractSettings.of(new HomaTransportProvider(), texts);
    }

    void echo(ServerExchange exchange, MessageBuffer request) {
        byte[] bytes = MessagePattern.take(request);
        if (bytes.length >= Long.BYTES) {
            executions
                    .computeIfAbsent(ByteBuffer.wrap(bytes).getLong(), id -> new AtomicInteger())
                    .incrementAndGet();
        }
        exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
    }

    /** A client of a server between the two transports. */
    static ClientTransport client(HomaTransport calling, HomaTransport serving, RequestHandler handler) {
        return calling.connect(serving.listen(new Endpoint("*", 0), handler).localAddress());
    }

    /** A call and its outcome. */
    static CompletableFuture<byte[]> call(ClientTransport client, byte[] request) {
        CompletableFuture<byte[]> outcome = new CompletableFuture<>();
        client.call(MessagePattern.fill(client.allocate(request.length), request), 0, new ResponseHandler() {
            @Override
            public void onResponse(MessageBuffer message) {
                outcome.complete(MessagePattern.take(message));
            }

            @Override
            public void onFailure(TransportException e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    /** As {@link Patience}; a failure tells what all transports have under way and have counted. */
    <T> T await(CompletableFuture<T> future, String what) {
        try {
            return Patience.await(future, what);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + TransportState.of(transports), e);
        }
    }

    void assertNothingIsHeld() {
        for (HomaTransport each : transports) {
            Patience.until(() -> each.buffersInUse() == 0, "all memory comes back");
        }
    }

    @Override
    public void close() {
        transports.forEach(HomaTransport::close);
        spaces.close();
    }
}
