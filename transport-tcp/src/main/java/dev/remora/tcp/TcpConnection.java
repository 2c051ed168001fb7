package dev.remora.tcp;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, either side: greeting, cutting frames, gathering writes, signs of life, and the one way to end. Event
 * loop only, except where said.
 */
abstract class TcpConnection extends ChannelInboundHandlerAdapter implements FrameSink {
    /** Long enough to cost nothing with many connections, short enough not to add much to any time limit. */
    private static final long MAX_TICK_NS = 1_000_000_000L;

    private static final long MIN_TICK_NS = 10_000_000L;

    /** Frames get another time limit for each so many bytes. */
    private static final long BYTES_PER_FRAME_TIMEOUT = 16L << 20;

    final TcpContext context;
    final SocketChannel channel;
    final FrameReader reader;
    final FrameWriter writer;
    final String peer;

    /** Largest message the peer takes, in bytes; known after its greeting. */
    long peerMaxMessageBytes;

    private final int ownRole;

    /** Bytes that came before the reader was paused. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();

    private boolean inRead;
    private boolean flushScheduled;
    private boolean ended;
    private @Nullable ScheduledFuture<?> tick;

    // For the tick: what has happened since the last one.
    private boolean heard;
    private long lastHeardNs;
    private long pingSentNs;
    private boolean pinged;
    private long frameStartNs;
    private boolean frameTimed;
    private long framesAtStart;
    private long stalledSinceNs;
    private boolean stalled;
    private long unsentAtStall;

    TcpConnection(TcpContext context, SocketChannel channel, int ownRole, byte messageType, String peer) {
        this.context = context;
        this.channel = channel;
        this.ownRole = ownRole;
        this.peer = peer;
        this.reader = new FrameReader(
                this, messageType, context.config().maxMessageBytes(), context.budget(), context.allocator());
        this.writer = new FrameWriter(channel, context.counters());
    }

    /** The peer has greeted. */
    abstract void onReady();

    /** The connection has ended; called once. */
    abstract void onEnd(TransportException reason);

    /** The socket takes bytes again. */
    abstract void onWritable();

    /** The socket takes no more bytes for now. */
    void onUnwritable() {}

    // ---- from Netty

    @Override
    public final void channelActive(ChannelHandlerContext ctx) {
        TcpConfig config = context.config();
        writer.hello(ownRole, config.maxMessageBytes());
        writer.flush();
        long now = System.nanoTime();
        lastHeardNs = now;
        frameStartNs = now;
        frameTimed = true;
        long shortest = Math.min(
                Math.min(config.keepaliveIntervalNs(), config.keepaliveTimeoutNs()),
                Math.min(config.frameTimeoutNs(), config.writeStallTimeoutNs()));
        long periodNs = Math.max(MIN_TICK_NS, Math.min(MAX_TICK_NS, shortest / 4));
        tick = channel.eventLoop().scheduleAtFixedRate(this::onTick, periodNs, periodNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        inRead = true;
        heard = true;
        context.counters().bytesReceived.add(bytes.readableBytes());
        if (ended) {
            bytes.release();
            return;
        }
        held.addLast(bytes);
        readHeld();
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        context.counters().framesReceived.add(reader.takeFrames());
        writer.flush();
    }

    private void readHeld() {
        try {
            while (!ended && !reader.paused()) {
                ByteBuf bytes = held.pollFirst();
                if (bytes == null) {
                    break;
                }
                boolean keep = false;
                try {
                    ByteBuffer in = bytes.nioBuffer();
                    reader.read(in);
                    if (in.hasRemaining() && !ended) {
                        bytes.readerIndex(bytes.writerIndex() - in.remaining());
                        held.addFirst(bytes);
                        keep = true;
                    }
                } finally {
                    if (!keep) {
                        bytes.release();
                    }
                }
            }
        } catch (ProtocolViolation e) {
            violated(e);
        }
        timeFrame();
    }

    private void timeFrame() {
        boolean waiting = reader.midFrame() || !reader.helloSeen();
        long completed = reader.completedFrames();
        if (!waiting) {
            frameTimed = false;
        } else if (!frameTimed || completed != framesAtStart) {
            // Each frame has its own time: a busy connection may be within some frame at the end of every read.
            frameTimed = true;
            framesAtStart = completed;
            frameStartNs = System.nanoTime();
        }
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ended) {
            return;
        }
        if (channel.isWritable()) {
            onWritable();
        } else {
            onUnwritable();
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        end(new TransportException(Reason.PEER_LOST, "the connection to " + peer + " was closed by the other side"));
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            end(new TransportException(
                    Reason.PEER_LOST, "the connection to " + peer + " broke: " + cause.getMessage(), cause));
        } else {
            TcpContext.LOG.error("connection to {} is closed because of an internal error", peer, cause);
            end(new TransportException(
                    Reason.PEER_LOST,
                    "the connection to " + peer + " was closed by an internal error: " + cause,
                    cause));
        }
    }

    // ---- frames of both sides

    @Override
    public final void onHello(int version, int role, long maxMessageBytes) {
        if (role == ownRole || role < TcpFrame.ROLE_CLIENT || role > TcpFrame.ROLE_SERVER) {
            throw new ProtocolViolation("it greets with role " + role + ", and this side is "
                    + (ownRole == TcpFrame.ROLE_CLIENT ? "a client" : "a server"));
        }
        peerMaxMessageBytes = maxMessageBytes;
        context.counters().connectionsOpened.increment();
        onReady();
    }

    /** PING and PONG; everything else is for the side that knows it. */
    @Override
    public void onControl(byte type, int code, long rpcId) {
        switch (type) {
            case TcpFrame.PING -> {
                // A peer that does not read needs no answer: unread bytes are not a sign of life.
                if (channel.isWritable()) {
                    writer.control(TcpFrame.PONG, 0, rpcId);
                }
            }
            case TcpFrame.PONG -> {}
            default ->
                throw new ProtocolViolation(
                        "a frame of type " + Byte.toUnsignedInt(type) + ", which this side does not take");
        }
    }

    // ---- for both sides

    boolean ended() {
        return ended;
    }

    /** Flushes at the end of the present read, or soon. */
    final void flushSoon() {
        if (inRead || flushScheduled || !writer.dirty() || ended) {
            return;
        }
        flushScheduled = true;
        channel.eventLoop().execute(() -> {
            flushScheduled = false;
            writer.flush();
        });
    }

    /** Stops reading, after the present frame. */
    final void pauseReading() {
        if (!reader.paused()) {
            reader.setPaused(true);
            channel.config().setAutoRead(false);
            context.counters().readPauses.increment();
        }
    }

    /** Goes on reading. Not from within a frame's delivery. */
    final void resumeReading() {
        if (!reader.paused() || ended) {
            return;
        }
        reader.setPaused(false);
        frameTimed = false; // it was we who kept the frame waiting
        heard = true;
        boolean outer = inRead;
        inRead = true;
        readHeld();
        inRead = outer;
        if (!ended && !reader.paused()) {
            channel.config().setAutoRead(true);
        }
        context.counters().framesReceived.add(reader.takeFrames());
        writer.flush();
    }

    final void violated(ProtocolViolation violation) {
        if (ended) {
            return;
        }
        context.counters().protocolErrors.increment();
        String text = "closing the connection to " + peer + ": " + violation.getMessage();
        context.peerLog().warn(text);
        end(new TransportException(Reason.PROTOCOL, text));
    }

    /** Ends the connection for {@code reason}, once. */
    final void end(TransportException reason) {
        if (ended) {
            return;
        }
        ended = true;
        ScheduledFuture<?> running = tick;
        if (running != null) {
            running.cancel(false);
        }
        reader.setPaused(true); // no frame behind this one is delivered
        reader.close();
        writer.close();
        for (ByteBuf bytes = held.pollFirst(); bytes != null; bytes = held.pollFirst()) {
            bytes.release();
        }
        if (reader.helloSeen()) {
            context.counters().connectionsClosed.increment();
        }
        channel.close();
        onEnd(reason);
    }

    // ---- time

    private void onTick() {
        long now = System.nanoTime();
        checkFrame(now);
        checkSilence(now);
        checkStall(now);
        writer.flush();
    }

    private void checkFrame(long now) {
        if (ended || !frameTimed || reader.paused()) {
            return;
        }
        long limitNs = context.config().frameTimeoutNs() * (1 + reader.midFrameLength() / BYTES_PER_FRAME_TIMEOUT);
        if (now - frameStartNs > limitNs) {
            violated(new ProtocolViolation(
                    (reader.helloSeen() ? "a frame of " + reader.midFrameLength() + " bytes" : "its greeting")
                            + " was not complete within " + limitNs / 1_000_000 + " ms (tcp.frame.timeout)"));
        }
    }

    private void checkSilence(long now) {
        if (ended || !reader.helloSeen()) {
            return;
        }
        TcpConfig config = context.config();
        if (reader.paused()) {
            // We do not hear the peer because we do not listen. It may think us dead: show a sign of life.
            if (channel.isWritable()) {
                writer.control(TcpFrame.PONG, 0, 0);
            }
            heard = true;
        }
        if (heard) {
            heard = false;
            pinged = false;
            lastHeardNs = now;
        } else if (pinged && now - pingSentNs > config.keepaliveTimeoutNs()) {
            context.counters().pingsLost.increment();
            end(new TransportException(
                    Reason.PEER_LOST,
                    peer + " is silent and did not answer within " + config.keepaliveTimeoutNs() / 1_000_000
                            + " ms (tcp.keepalive.timeout)"));
        } else if (!pinged && now - lastHeardNs > config.keepaliveIntervalNs()) {
            pinged = true;
            pingSentNs = now;
            writer.control(TcpFrame.PING, 0, 0);
        }
    }

    private void checkStall(long now) {
        // A server may stop reading for as long as it is busy, and shows signs of life then; a client never may.
        if (ended || ownRole == TcpFrame.ROLE_CLIENT || channel.isWritable()) {
            stalled = false;
            return;
        }
        long unsent = channel.bytesBeforeWritable();
        if (!stalled || unsent != unsentAtStall) {
            stalled = true;
            stalledSinceNs = now;
            unsentAtStall = unsent;
        } else if (now - stalledSinceNs > context.config().writeStallTimeoutNs()) {
            context.counters().stalls.increment();
            end(new TransportException(
                    Reason.PEER_LOST,
                    peer + " took no bytes for " + context.config().writeStallTimeoutNs() / 1_000_000
                            + " ms (tcp.write.stall-timeout)"));
        }
    }
}
