package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The client's side of one connection: calls by id. What is started within a read is flushed at its end. */
final class NettyEchoCalls extends NettyFrames {
    // The load bounds how many calls are outstanding.
    private final ConcurrentMap<Long, EchoListener> outstanding = new ConcurrentHashMap<>();
    private volatile @Nullable ChannelHandlerContext context;
    private boolean reading;

    void start(EchoMessage request, EchoListener listener) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            listener.onFailure(new IOException("not connected"));
            return;
        }
        outstanding.put(request.getId(), listener);
        if (ctx.executor().inEventLoop() && reading) {
            ctx.write(frame(ctx.alloc(), request), ctx.voidPromise());
        } else {
            ctx.writeAndFlush(frame(ctx.alloc(), request), ctx.voidPromise());
        }
    }

    @Override
    void onMessage(ChannelHandlerContext ctx, EchoMessage response) {
        reading = true;
        EchoListener listener = outstanding.remove(response.getId());
        if (listener == null) {
            throw new IllegalStateException("a response for call " + response.getId() + ", which is not outstanding");
        }
        listener.onEcho(response);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        ctx.flush();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failAll(new IOException("the server closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failAll(cause);
        ctx.close();
    }

    private void failAll(Throwable cause) {
        for (Long id : outstanding.keySet()) {
            EchoListener listener = outstanding.remove(id);
            if (listener != null) {
                listener.onFailure(cause);
            }
        }
    }
}
