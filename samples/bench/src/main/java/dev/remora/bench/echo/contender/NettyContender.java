package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Netty with nothing around it: what an RPC over TCP costs at least. One connection, one event loop per side. */
public final class NettyContender implements Contender {
    // Large messages come in few reads; small ones stay in small buffers.
    private static final AdaptiveRecvByteBufAllocator RECEIVE = new AdaptiveRecvByteBufAllocator(512, 16_384, 1 << 18);

    private final Flavour flavour;

    private NettyContender(Flavour flavour) {
        this.flavour = flavour;
    }

    public static NettyContender epoll() {
        return new NettyContender(Flavour.EPOLL);
    }

    public static NettyContender ioUring() {
        return new NettyContender(Flavour.IO_URING);
    }

    @Override
    public String name() {
        return flavour == Flavour.EPOLL ? "netty" : "netty-io-uring";
    }

    @Override
    public String description() {
        return "bare Netty 4.2 (" + (flavour == Flavour.EPOLL ? "epoll" : "io_uring")
                + "), length-prefixed protobuf with an id, one connection, pooled direct buffers, flushes consolidated";
    }

    @Override
    public EchoServer start() throws InterruptedException {
        EventLoopGroup loop = flavour.loop();
        Channel listener = new ServerBootstrap()
                .group(loop)
                .channel(flavour.serverChannel)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new NettyEchoService());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return new Server(loop, ((InetSocketAddress) listener.localAddress()).getPort());
    }

    @Override
    public EchoClient connect(InetSocketAddress server) throws InterruptedException {
        EventLoopGroup loop = flavour.loop();
        NettyEchoCalls calls = new NettyEchoCalls();
        new Bootstrap()
                .group(loop)
                .channel(flavour.clientChannel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, RECEIVE)
                .handler(calls)
                .connect(server)
                .sync();
        return new Client(loop, calls);
    }

    private enum Flavour {
        EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),
        IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class);

        private final Class<? extends ServerSocketChannel> serverChannel;
        private final Class<? extends SocketChannel> clientChannel;

        Flavour(Class<? extends ServerSocketChannel> serverChannel, Class<? extends SocketChannel> clientChannel) {
            this.serverChannel = serverChannel;
            this.clientChannel = clientChannel;
        }

        EventLoopGroup loop() {
            Throwable missing = this == EPOLL ? Epoll.unavailabilityCause() : IoUring.unavailabilityCause();
            if (missing != null) {
                throw new UnsupportedOperationException(
                        (this == EPOLL ? "epoll" : "io_uring") + " is not available here: " + missing.getMessage(),
                        missing);
            }
            IoHandlerFactory io = this == EPOLL ? EpollIoHandler.newFactory() : IoUringIoHandler.newFactory();
            return new MultiThreadIoEventLoopGroup(1, io);
        }
    }

    private record Server(EventLoopGroup loop, int port) implements EchoServer {
        @Override
        public void close() {
            loop.shutdownGracefully();
        }
    }

    private record Client(EventLoopGroup loop, NettyEchoCalls calls) implements EchoClient {
        @Override
        public EchoMessage call(EchoMessage request) throws Exception {
            EchoWaiter waiter = new EchoWaiter();
            calls.start(request, waiter);
            return waiter.await();
        }

        @Override
        public void start(EchoMessage request, EchoListener listener) {
            calls.start(request, listener);
        }

        @Override
        public void close() {
            loop.shutdownGracefully();
        }
    }
}
