package dev.remora.cli.call;

import dev.remora.api.Channel;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;

/** A transport and a channel to one server; {@link #close} ends both. */
final class Connection implements AutoCloseable {
    private final Endpoint address;
    private final Transport transport;
    private final RemoraChannel channel;
    private final LiveCalls calls;

    private Connection(Endpoint address, Transport transport, RemoraChannel channel, LiveCalls calls) {
        this.address = address;
        this.transport = transport;
        this.channel = channel;
        this.calls = calls;
    }

    /** Opens it; whether the server is there shows at the first call. */
    static Connection open(Endpoint address, ConnectionOptions options) {
        RemoraConfig remora = options.remora();
        LiveCalls calls = new LiveCalls(remora.introspection());
        Transport transport = ConnectionOptions.open(remora);
        try {
            RemoraChannel channel = RemoraChannel.builder(transport)
                    .target(address)
                    .settings(remora.client("call"))
                    .calls(calls)
                    .build();
            return new Connection(address, transport, channel, calls);
        } catch (RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    /** Reads {@code host:port}. */
    static Endpoint address(String text) {
        try {
            return Endpoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CallException(String.valueOf(e.getMessage()), "name the server first, such as 127.0.0.1:7000");
        }
    }

    Endpoint address() {
        return address;
    }

    Channel channel() {
        return channel;
    }

    /** The calls of this connection, with where their time went. */
    LiveCalls calls() {
        return calls;
    }

    @Override
    public void close() {
        channel.close();
        transport.close();
    }
}
