package dev.remora.bench.echo.contender;

import com.google.protobuf.CodedOutputStream;
import dev.remora.bench.proto.EchoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read into messages. A message within one read is parsed where it lies; one that spans reads is collected
 * in a buffer of its exact size, so that nothing grows by copying.
 */
abstract class NettyFrames extends ChannelInboundHandlerAdapter {
    private @Nullable ByteBuf partial;
    private int partialBytes;

    abstract void onMessage(ChannelHandlerContext context, EchoMessage message);

    @Override
    public final void channelRead(ChannelHandlerContext context, Object read) throws IOException {
        ByteBuf in = (ByteBuf) read;
        try {
            if (partial != null) {
                continuePartial(context, partial, in);
            }
            while (partial == null && in.isReadable()) {
                int length = in.readableBytes() < FrameLimits.HEADER_BYTES
                        ? -1
                        : FrameLimits.checked(in.getInt(in.readerIndex()));
                if (length < 0 || in.readableBytes() < FrameLimits.HEADER_BYTES + length) {
                    startPartial(context, in, length);
                } else {
                    in.skipBytes(FrameLimits.HEADER_BYTES);
                    onMessage(context, parse(in, length));
                    in.skipBytes(length);
                }
            }
        } finally {
            in.release();
        }
    }

    private void startPartial(ChannelHandlerContext context, ByteBuf in, int length) {
        // -1: not even the length is there.
        partialBytes = length < 0 ? -1 : FrameLimits.HEADER_BYTES + length;
        partial = context.alloc().directBuffer(length < 0 ? FrameLimits.HEADER_BYTES : partialBytes);
        partial.writeBytes(in);
    }

    private void continuePartial(ChannelHandlerContext context, ByteBuf collected, ByteBuf in) throws IOException {
        if (partialBytes < 0) {
            move(in, collected, FrameLimits.HEADER_BYTES);
            if (collected.readableBytes() < FrameLimits.HEADER_BYTES) {
                return;
            }
            partialBytes = FrameLimits.HEADER_BYTES + FrameLimits.checked(collected.getInt(0));
            collected.capacity(partialBytes);
        }
        move(in, collected, partialBytes);
        if (collected.readableBytes() == partialBytes) {
            partial = null;
            try {
                collected.skipBytes(FrameLimits.HEADER_BYTES);
                onMessage(context, parse(collected, collected.readableBytes()));
            } finally {
                collected.release();
            }
        }
    }

    private static void move(ByteBuf from, ByteBuf to, int upTo) {
        to.writeBytes(from, Math.min(from.readableBytes(), upTo - to.readableBytes()));
    }

    private static EchoMessage parse(ByteBuf in, int length) throws IOException {
        return EchoMessage.parseFrom(in.nioBuffer(in.readerIndex(), length));
    }

    static ByteBuf frame(ByteBufAllocator allocator, EchoMessage message) {
        int size = message.getSerializedSize();
        ByteBuf frame = allocator.directBuffer(FrameLimits.HEADER_BYTES + size);
        frame.writeInt(size);
        try {
            CodedOutputStream coded =
                    CodedOutputStream.newInstance(frame.internalNioBuffer(FrameLimits.HEADER_BYTES, size));
            message.writeTo(coded);
            coded.flush();
        } catch (IOException e) {
            frame.release();
            throw new IllegalStateException("a message of " + size + " bytes did not fit its own size", e);
        }
        return frame.writerIndex(FrameLimits.HEADER_BYTES + size);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
