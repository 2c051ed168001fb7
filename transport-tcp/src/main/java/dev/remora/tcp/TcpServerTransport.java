package dev.remora.tcp;

import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A listening socket and its connections. For use by any thread. */
public final class TcpServerTransport implements ServerTransport {
    private static final long CLOSE_TIMEOUT_MS = 5000;
    private static final long NIO_SELECT_MS = 10;

    private final TcpTransport transport;
    private final TcpContext context;
    private final RequestHandler handler;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final Channel listener;
    private final Endpoint localAddress;
    private volatile boolean draining;
    private volatile boolean closed;

    TcpServerTransport(TcpTransport transport, TcpContext context, Endpoint local, RequestHandler handler) {
        this.transport = transport;
        this.context = context;
        this.handler = handler;
        this.listener = bind(local);
        this.localAddress = new Endpoint(local.host(), ((InetSocketAddress) listener.localAddress()).getPort());
    }

    private Channel bind(Endpoint local) {
        InetAddress address;
        try {
            address = InetAddress.getByName(local.host());
        } catch (UnknownHostException e) {
            throw new TransportException(
                    Reason.BIND,
                    "cannot listen on " + local
                            + ": the host name is unknown; use an address of this machine, or 0.0.0.0" + " for all",
                    e);
        }
        TcpConfig config = context.config();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(context.loops())
                .channelFactory(context.io().server())
                .option(ChannelOption.SO_BACKLOG, config.serverBacklog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        SocketOptions.apply(config, context.allocator(), bootstrap::childOption);
        ChannelFuture bound = bootstrap.bind(new InetSocketAddress(address, local.port()));
        bound.awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new TransportException(
                    Reason.BIND,
                    "cannot listen on " + local + ": " + cause.getMessage()
                            + "; end the process that has the address (ss -ltnp shows it), choose another port (0 takes a"
                            + " free one), or an address of this machine",
                    cause);
        }
        return bound.channel();
    }

    private void accept(SocketChannel channel) {
        int max = context.config().serverMaxConnections();
        if (connectionCount.incrementAndGet() > max) {
            connectionCount.decrementAndGet();
            context.counters().connectionsRefused.increment();
            context.peerLog()
                    .warn("refusing a connection from " + channel.remoteAddress() + ": more than " + max
                            + " are open (tcp.server.max-connections)");
            channel.close();
            return;
        }
        InetSocketAddress remote = channel.remoteAddress();
        String peer = remote == null
                ? "an unknown address"
                : new Endpoint(remote.getAddress().getHostAddress(), remote.getPort()).toString();
        ServerConnection connection = new ServerConnection(context, channel, peer, this, handler);
        connections.add(connection);
        channel.pipeline().addLast(connection);
        if (closed) {
            channel.close();
        } else if (draining) {
            connection.drain();
        }
    }

    boolean draining() {
        return draining;
    }

    /**
     * With NIO a closed socket keeps its address until its event loop selects again: waits for that. Scheduled, because a
     * plain task may run before the next select.
     */
    private void awaitAddressIsFree() {
        if (!context.io().name().equals("nio")) {
            return;
        }
        try {
            listener.eventLoop()
                    .schedule(() -> {}, NIO_SELECT_MS, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            TcpContext.LOG.debug("the event loop of {} has ended, and its address is free", localAddress);
        }
    }

    void onEnded(ServerConnection connection) {
        if (connections.remove(connection)) {
            connectionCount.decrementAndGet();
        }
    }

    @Override
    public Endpoint localAddress() {
        return localAddress;
    }

    @Override
    public void drain() {
        if (draining) {
            return;
        }
        draining = true;
        ChannelFuture unbound = listener.close();
        if (!transport.onOwnThread()) {
            unbound.awaitUninterruptibly(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            awaitAddressIsFree();
        }
        for (ServerConnection connection : connections) {
            try {
                connection.channel.eventLoop().execute(connection::drain);
            } catch (RejectedExecutionException e) {
                TcpContext.LOG.debug("drained a server after its transport was closed");
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        draining = true;
        transport.forget(this);
        List<ChannelFuture> ends = new ArrayList<>();
        ends.add(listener.close());
        for (ServerConnection connection : connections) {
            ends.add(connection.channel.close());
        }
        if (transport.onOwnThread()) {
            return;
        }
        long endNs = System.nanoTime() + CLOSE_TIMEOUT_MS * 1_000_000;
        for (ChannelFuture end : ends) {
            if (!end.awaitUninterruptibly(Math.max(1, endNs - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                TcpContext.LOG.warn(
                        "the server on {} did not end in time: a handler blocks its event loop", localAddress);
                return;
            }
        }
        awaitAddressIsFree();
    }
}
