package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.netty.channel.ChannelHandlerContext;

/** The server's side of one connection: answers within the read, flushes once per batch of reads. */
final class NettyEchoService extends NettyFrames {
    @Override
    void onMessage(ChannelHandlerContext context, EchoMessage request) {
        EchoMessage response = EchoMessage.newBuilder()
                .setId(request.getId())
                .setPayload(request.getPayload())
                .build();
        context.write(frame(context.alloc(), response), context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        System.err.println("echo connection lost: " + cause);
        context.close();
    }
}
