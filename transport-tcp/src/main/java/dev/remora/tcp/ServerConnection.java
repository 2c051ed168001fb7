package dev.remora.tcp;

import dev.remora.spi.RequestHandler;
import dev.remora.spi.TransportException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.collection.LongObjectHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The server's end of a connection: the table of requests being served, and the back-pressure on the client.
 *
 * <p>It stops reading while too many requests or request bytes are in flight, or the client does not take its responses;
 * it goes on at three quarters of the limits, so that it does not switch with every request. Event loop only, but for
 * {@link #submit}.
 */
final class ServerConnection extends TcpConnection {
    /** So that waiting for unsent bytes does not spin. */
    private static final long MIN_LINGER_NS = 1_000_000L;

    private final TcpServerTransport server;
    private final RequestHandler handler;
    private final LongObjectHashMap<TcpExchange> exchanges = new LongObjectHashMap<>(64);
    private final HandOff<TcpExchange> handOff = new HandOff<>();
    private final Fifo<TcpExchange> unsent = new Fifo<>();
    private final Runnable onHandOff = this::onHandOff;
    private long lastRpcId;
    private long inFlightBytes;
    private boolean draining;
    private boolean resumeScheduled;

    ServerConnection(
            TcpContext context, SocketChannel channel, String peer, TcpServerTransport server, RequestHandler handler) {
        super(context, channel, TcpFrame.ROLE_SERVER, TcpFrame.REQUEST, peer);
        this.server = server;
        this.handler = handler;
    }

    /** Takes an ended exchange to send what it has. Any thread. */
    void submit(TcpExchange exchange) {
        if (channel.eventLoop().inEventLoop()) {
            unsent.add(exchange);
            pump();
            flushSoon();
        } else if (handOff.push(exchange)) {
            try {
                channel.eventLoop().execute(onHandOff);
            } catch (RejectedExecutionException e) {
                // The transport is closed and with it this connection: nobody waits for the responses. Not by way of
                // unsent, which belongs to the loop.
                Fifo<TcpExchange> left = new Fifo<>();
                handOff.drainTo(left);
                drop(left);
            }
        }
    }

    /** Tells the client to send no more, and closes when it has nothing more to get. */
    void drain() {
        if (draining || ended()) {
            return;
        }
        draining = true;
        if (reader.helloSeen()) {
            writer.control(TcpFrame.GOAWAY, 0, lastRpcId);
            writer.flush();
        }
        closeWhenDrained();
    }

    @Override
    void onReady() {
        if (draining) {
            writer.control(TcpFrame.GOAWAY, 0, 0);
        }
    }

    @Override
    public void onMessage(long rpcId, TcpMessage message) {
        if (rpcId <= lastRpcId) {
            message.free();
            throw new ProtocolViolation("request " + rpcId + " after request " + lastRpcId + ": ids must rise");
        }
        if (server.draining()) {
            drain(); // drain() of the server has returned, its task for this connection may still be in the queue
        }
        if (draining) {
            message.free();
            context.counters().requestsDropped.increment();
            return;
        }
        lastRpcId = rpcId;
        TcpExchange exchange = new TcpExchange(this, rpcId, message.size());
        exchanges.put(rpcId, exchange);
        inFlightBytes += message.size();
        try {
            handler.onRequest(exchange, message);
        } catch (RuntimeException e) {
            TcpContext.LOG.error("a request handler threw; it must not", e);
            exchange.abortIfOpen();
        }
        if (isBusy(1.0)) {
            pauseReading();
        }
    }

    @Override
    public void onControl(byte type, int code, long rpcId) {
        if (type != TcpFrame.CANCEL) {
            super.onControl(type, code, rpcId);
            return;
        }
        TcpExchange exchange = exchanges.get(rpcId);
        if (exchange != null) {
            exchange.cancel();
        } else if (rpcId <= 0 || (rpcId > lastRpcId && !draining)) {
            throw new ProtocolViolation("a cancel of request " + rpcId + ", which was never sent");
        }
    }

    private void onHandOff() {
        handOff.drainTo(unsent);
        pump();
        writer.flush();
    }

    private void pump() {
        if (ended()) {
            drop(unsent);
            return;
        }
        while (channel.isWritable()) {
            TcpExchange exchange = unsent.poll();
            if (exchange == null) {
                break;
            }
            finish(exchange);
        }
        resumeIfIdle();
        if (draining && exchanges.isEmpty()) {
            closeWhenDrained();
        }
    }

    private void finish(TcpExchange exchange) {
        exchanges.remove(exchange.rpcId);
        inFlightBytes -= exchange.requestBytes;
        TcpMessage response = exchange.response;
        if (exchange.silent) {
            return;
        }
        if (response == null) {
            writer.control(TcpFrame.ABORT, TcpFrame.ABORTED, exchange.rpcId);
        } else if (response.size() > peerMaxMessageBytes) {
            response.free();
            writer.control(TcpFrame.ABORT, TcpFrame.RESPONSE_TOO_LARGE, exchange.rpcId);
        } else {
            writer.message(TcpFrame.RESPONSE, exchange.rpcId, response);
        }
    }

    private static void drop(Fifo<TcpExchange> left) {
        for (TcpExchange exchange = left.poll(); exchange != null; exchange = left.poll()) {
            TcpMessage response = exchange.response;
            if (response != null) {
                response.free();
            }
        }
    }

    private boolean isBusy(double share) {
        TcpConfig config = context.config();
        return exchanges.size() >= config.serverMaxInFlight() * share
                || inFlightBytes >= config.serverMaxInFlightBytes() * share
                || !channel.isWritable();
    }

    private void resumeIfIdle() {
        // In a task of its own: reading delivers requests, whose responses come here.
        if (reader.paused() && !resumeScheduled && !ended() && !isBusy(0.75)) {
            resumeScheduled = true;
            channel.eventLoop().execute(() -> {
                resumeScheduled = false;
                if (!isBusy(1.0)) {
                    resumeReading();
                }
            });
        }
    }

    @Override
    void onWritable() {
        pump();
        flushSoon();
    }

    @Override
    void onUnwritable() {
        pauseReading();
    }

    private void closeWhenDrained() {
        // The client closes. If we did, requests on their way would reset the connection under the last responses.
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (!exchanges.isEmpty()) {
                                return; // the end of the last one comes here again
                            }
                            if (hasUnsentBytes()) {
                                closeWhenDrained();
                            } else {
                                end(new TransportException(TransportException.Reason.CLOSED, "the server was drained"));
                            }
                        },
                        Math.max(MIN_LINGER_NS, context.config().drainLingerNs()),
                        TimeUnit.NANOSECONDS);
    }

    private boolean hasUnsentBytes() {
        ChannelOutboundBuffer unsentBytes = channel.unsafe().outboundBuffer();
        return !ended() && unsentBytes != null && unsentBytes.totalPendingWriteBytes() > 0;
    }

    @Override
    void onEnd(TransportException reason) {
        server.onEnded(this);
        TcpExchange[] running = exchanges.values().toArray(TcpExchange[]::new);
        exchanges.clear();
        inFlightBytes = 0;
        drop(unsent);
        for (TcpExchange exchange : running) {
            exchange.cancel();
        }
    }
}
