package dev.remora.tcp;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one transport share. */
record TcpContext(
        TcpConfig config,
        NativeIo io,
        EventLoopGroup loops,
        Counters counters,
        AssemblyBudget budget,
        ByteBufAllocator allocator,
        RateLimitedLog peerLog) {
    static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);

    static TcpContext of(TcpConfig config, NativeIo io, EventLoopGroup loops) {
        return new TcpContext(
                config,
                io,
                loops,
                new Counters(),
                new AssemblyBudget(config.assemblyBudgetBytes()),
                PooledByteBufAllocator.DEFAULT,
                new RateLimitedLog(LOG));
    }
}
