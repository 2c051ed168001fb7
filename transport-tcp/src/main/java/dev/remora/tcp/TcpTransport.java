package dev.remora.tcp;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import dev.remora.spi.TransportMetric;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Kernel TCP: the event loops that its clients and servers share. For use by any thread. */
public final class TcpTransport implements Transport {
    private static final long CLOSE_TIMEOUT_MS = 5000;

    private final TcpContext context;
    private final EventLoopGroup loops;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private TcpTransport(TcpConfig config, NativeIo io) {
        loops = new MultiThreadIoEventLoopGroup(
                config.threads(), new DefaultThreadFactory("remora-tcp", true), io.handlers());
        context = TcpContext.of(config, io, loops);
    }

    /** Settings by hand; what is not set has its default. */
    public static Builder builder() {
        return new Builder();
    }

    /** @throws TransportException if the configured way to ask the kernel does not exist here */
    static TcpTransport create(SettingValues values) {
        TcpConfig config = TcpConfig.of(values);
        return new TcpTransport(config, NativeIo.choose(config.io(), config.spin(), TcpContext.LOG));
    }

    @Override
    public String name() {
        return TcpTransportProvider.NAME;
    }

    @Override
    public TransportCapabilities capabilities() {
        return new TransportCapabilities(
                context.config().maxMessageBytes(), true, context.config().connectionsPerPeer() == 1, true, true);
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        if (peer.port() == 0) {
            throw new IllegalArgumentException("cannot connect to " + peer + ": port 0 is only for listening");
        }
        checkOpen();
        TcpClientTransport client = new TcpClientTransport(this, context, peer);
        open.add(client);
        return client;
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        checkOpen();
        TcpServerTransport server = new TcpServerTransport(this, context, local, handler);
        open.add(server);
        return server;
    }

    private void checkOpen() {
        if (closed) {
            throw new TransportException(Reason.CLOSED, "the tcp transport is closed");
        }
    }

    /** What was counted so far. */
    public TcpStats stats() {
        return context.counters().snapshot();
    }

    /** {@link #stats} under the names that reports use. */
    @Override
    public List<TransportMetric> metrics() {
        return TcpMetrics.of(context.counters());
    }

    /** How the kernel is asked: {@code epoll}, {@code io_uring} or {@code nio}. */
    public String io() {
        return context.io().name();
    }

    void forget(AutoCloseable ended) {
        open.remove(ended);
    }

    boolean onOwnThread() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    TcpContext context() {
        return context;
    }

    @Override
    public void close() {
        closed = true;
        for (AutoCloseable each : List.copyOf(open)) {
            if (each instanceof TcpClientTransport client) {
                client.close();
            } else if (each instanceof TcpServerTransport server) {
                server.close();
            }
        }
        loops.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        if (onOwnThread()) {
            return;
        }
        try {
            if (!loops.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                TcpContext.LOG.warn("the tcp transport did not end in time: a handler blocks its event loop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes a transport by hand. Not thread-safe. */
    public static final class Builder {
        private final ChosenValues values = new ChosenValues();

        private Builder() {}

        /**
         * Sets one of {@link TcpSettings}.
         *
         * @throws IllegalArgumentException if the value is outside the setting's bounds
         */
        public <T> Builder set(Setting<T> setting, T value) {
            values.set(setting, value);
            return this;
        }

        /** @throws TransportException if the configured way to ask the kernel does not exist here */
        public TcpTransport build() {
            return create(values);
        }
    }
}
