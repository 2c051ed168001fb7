package dev.remora.runtime;

import dev.remora.api.BindableService;
import dev.remora.api.Channel;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import org.jspecify.annotations.Nullable;

/** Services of a test, served in this process, with a channel to them. */
public final class Served implements AutoCloseable {
    private final Transport transport;
    private final RemoraServer server;
    private final RemoraChannel channel;

    public Served(LiveCalls calls, BindableService... services) {
        this(calls, null, services);
    }

    public Served(LiveCalls calls, @Nullable SettingValues serverSettings, BindableService... services) {
        this(InProcessTransport.create(), calls, serverSettings, services);
    }

    /** @param transport closed with this */
    public Served(
            Transport transport, LiveCalls calls, @Nullable SettingValues serverSettings, BindableService... services) {
        this.transport = transport;
        RemoraServer.Builder builder = RemoraServer.builder(transport)
                .address(Endpoint.parse("built-in:0"))
                .calls(calls);
        if (serverSettings != null) {
            builder.settings(serverSettings);
        }
        for (BindableService service : services) {
            builder.service(service);
        }
        server = builder.start();
        channel = RemoraChannel.builder(transport)
                .target(server.localAddress())
                .calls(calls)
                .build();
    }

    public Channel channel() {
        return channel;
    }

    public RemoraServer server() {
        return server;
    }

    @Override
    public void close() {
        channel.close();
        server.close();
        transport.close();
    }
}
