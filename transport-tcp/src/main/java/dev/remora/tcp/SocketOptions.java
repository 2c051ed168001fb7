package dev.remora.tcp;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/** Options of every connection's socket. */
final class SocketOptions {
    /** Reads grow to this: large messages take few system calls, and it still fits the second-level cache. */
    private static final int MAX_READ_BYTES = 128 * 1024;

    /** {@code Bootstrap::option} or {@code ServerBootstrap::childOption}. */
    interface Target {
        <T> Object set(ChannelOption<T> option, T value);
    }

    private SocketOptions() {}

    static void apply(TcpConfig config, ByteBufAllocator allocator, Target target) {
        target.set(ChannelOption.ALLOCATOR, allocator);
        target.set(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, MAX_READ_BYTES));
        target.set(ChannelOption.TCP_NODELAY, true);
        target.set(ChannelOption.SO_KEEPALIVE, true);
        target.set(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(config.writeHighWaterBytes() / 2, config.writeHighWaterBytes()));
        if (config.socketBufferBytes() > 0) {
            target.set(ChannelOption.SO_SNDBUF, config.socketBufferBytes());
            target.set(ChannelOption.SO_RCVBUF, config.socketBufferBytes());
        }
    }
}
