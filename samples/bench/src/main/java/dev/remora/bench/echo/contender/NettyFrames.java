package dev.remora.bench.echo.contender;

import com.google.protobuf.CodedOutputStream;
import dev.remora.bench.proto.EchoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** Cuts what is read into messages; each byte is copied once, from what was read to the array it is parsed from. */
abstract class NettyFrames extends ChannelInboundHandlerAdapter {
    private final MessageScratch scratch = new MessageScratch();
    private int headerBytes;
    private int length;
    private int collected;

    abstract void onMessage(ChannelHandlerContext context, EchoMessage message);

    @Override
    public final void channelRead(ChannelHandlerContext context, Object read) throws IOException {
        ByteBuf in = (ByteBuf) read;
        try {
            while (in.isReadable()) {
                if (headerBytes < FrameLimits.HEADER_BYTES) {
                    readHeader(in);
                }
                if (headerBytes == FrameLimits.HEADER_BYTES) {
                    readBody(context, in);
                }
            }
        } finally {
            in.release();
        }
    }

    private void readHeader(ByteBuf in) throws IOException {
        if (headerBytes == 0 && in.readableBytes() >= FrameLimits.HEADER_BYTES) {
            length = in.readInt();
            headerBytes = FrameLimits.HEADER_BYTES;
        } else {
            while (headerBytes < FrameLimits.HEADER_BYTES && in.isReadable()) {
                length = length << 8 | in.readUnsignedByte();
                headerBytes++;
            }
        }
        if (headerBytes == FrameLimits.HEADER_BYTES) {
            FrameLimits.checked(length);
        }
    }

    private void readBody(ChannelHandlerContext context, ByteBuf in) throws IOException {
        int part = Math.min(in.readableBytes(), length - collected);
        in.readBytes(scratch.atLeast(length, collected), collected, part);
        collected += part;
        if (collected == length) {
            EchoMessage message = scratch.parse(length);
            headerBytes = 0;
            length = 0;
            collected = 0;
            onMessage(context, message);
        }
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
}
