package dev.remora.tcp;

import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One of a client's places for a connection: queues calls, connects when there is one, pauses after failures, connects
 * anew after a loss. Bound to one event loop; {@link #submit}, {@link #cancelled} and {@link #close} are for any thread.
 *
 * <p>Calls wait here while a connection is being made or takes no bytes; they have not been sent, so a lost connection
 * does not hurt them: the next one gets them. A failed attempt fails all that wait. During the pause after it calls fail
 * at once, unless the pause ends within {@code reconnect.wait}.
 */
final class ConnectionSlot {
    private enum State {
        IDLE,
        CONNECTING,
        UP,
        PAUSED,
        CLOSED
    }

    private final TcpContext context;
    private final Endpoint peer;
    private final EventLoop loop;
    private final HandOff<TcpCall> handOff = new HandOff<>();

    /** Bytes handed over and not yet on a connection. */
    private final AtomicLong queuedBytes = new AtomicLong();

    /** Bytes of calls in progress, to choose among slots. */
    private final AtomicLong load = new AtomicLong();

    private volatile boolean paused;

    private final Runnable onHandOff = this::onHandOff;

    // Event loop only.
    private final Fifo<TcpCall> waiting = new Fifo<>();
    private final BackOff backOff;
    private State state = State.IDLE;
    private @Nullable ClientConnection current;

    /** Connections that end what they have and get no more; never more than there are calls in progress. */
    private final Set<ClientConnection> leaving = new HashSet<>();

    private @Nullable TransportException lastFailure;
    private @Nullable ScheduledFuture<?> connectTimer;
    private @Nullable Channel connecting;
    private long attempt;
    private long pauseEndsNs;
    private boolean wakeScheduled;
    private boolean pumping;
    private boolean connectedBefore;

    ConnectionSlot(TcpContext context, Endpoint peer) {
        this.context = context;
        this.peer = peer;
        this.loop = context.loops().next();
        TcpConfig config = context.config();
        this.backOff = new BackOff(
                config.reconnectInitialNs(),
                config.reconnectMaxNs(),
                () -> ThreadLocalRandom.current().nextLong());
    }

    // ---- any thread

    long load() {
        return load.get();
    }

    boolean paused() {
        return paused;
    }

    void addLoad(long bytes) {
        load.addAndGet(bytes);
    }

    /** Takes a place in the queue for so many bytes; false if it is full. */
    boolean tryQueue(int bytes) {
        long max = context.config().clientMaxQueuedBytes();
        long now = queuedBytes.addAndGet(bytes);
        // One call larger than the whole queue passes when it is alone, or it could never be sent.
        if (now > max && now != bytes) {
            queuedBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Takes a call for which {@link #tryQueue} gave room. */
    void submit(TcpCall call) {
        if (loop.inEventLoop()) {
            waiting.add(call);
            pump();
        } else if (handOff.push(call)) {
            try {
                loop.execute(onHandOff);
            } catch (RejectedExecutionException e) {
                failHandedOff();
            }
        }
    }

    void cancelled(TcpCall call) {
        try {
            loop.execute(() -> onCancelled(call));
        } catch (RejectedExecutionException e) {
            TcpContext.LOG.debug("cancelled a call of {} after the transport was closed", peer);
        }
    }

    /** Completes when all calls have ended. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                shut();
                done.complete(null);
            });
        } catch (RejectedExecutionException e) {
            failHandedOff();
            done.complete(null);
        }
        return done;
    }

    /** The loop has ended: there is nobody else to do it. */
    private void failHandedOff() {
        Fifo<TcpCall> left = new Fifo<>();
        handOff.drainTo(left);
        for (TcpCall call = left.poll(); call != null; call = left.poll()) {
            call.request.free();
            call.fail(closed());
        }
    }

    private TransportException closed() {
        return new TransportException(Reason.CLOSED, "the client of " + peer + " was closed");
    }

    // ---- event loop

    private void onHandOff() {
        handOff.drainTo(waiting);
        pump();
        ClientConnection connection = current;
        if (connection != null) {
            connection.writer.flush();
        }
    }

    private void onCancelled(TcpCall call) {
        ClientConnection connection = call.sentOn;
        if (connection != null) {
            connection.cancelled(call);
        } else {
            pump();
        }
    }

    /** Moves waiting calls on as far as the state allows. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        long moved = 0;
        try {
            for (TcpCall call = waiting.peek(); call != null; call = waiting.peek()) {
                if (call.ended() || state == State.CLOSED) {
                    waiting.poll();
                    moved += call.costBytes;
                    call.request.free();
                    call.fail(closed());
                    continue;
                }
                ClientConnection connection = current;
                if (connection != null) {
                    if (!connection.takesCalls()) {
                        break;
                    }
                    waiting.poll();
                    moved += call.costBytes;
                    call.sentOn = connection;
                    connection.send(call);
                } else if (state == State.PAUSED && !pauseIsOver()) {
                    if (waitsForPause()) {
                        break;
                    }
                    waiting.poll();
                    moved += call.costBytes;
                    call.request.free();
                    call.fail(pausedFailure());
                } else {
                    if (state != State.CONNECTING) {
                        connect();
                    }
                    if (state == State.CONNECTING) {
                        break;
                    }
                }
            }
        } finally {
            pumping = false;
            if (moved > 0) {
                queuedBytes.addAndGet(-moved);
            }
        }
        ClientConnection connection = current;
        if (connection != null) {
            connection.flushSoon();
        }
    }

    // ---- connecting

    private boolean pauseIsOver() {
        return System.nanoTime() - pauseEndsNs >= 0;
    }

    private boolean waitsForPause() {
        long leftNs = pauseEndsNs - System.nanoTime();
        if (leftNs > context.config().reconnectWaitNs()) {
            return false;
        }
        if (!wakeScheduled) {
            wakeScheduled = true;
            loop.schedule(
                    () -> {
                        wakeScheduled = false;
                        pump();
                    },
                    Math.max(0, leftNs),
                    TimeUnit.NANOSECONDS);
        }
        return true;
    }

    private TransportException pausedFailure() {
        TransportException last = lastFailure;
        return new TransportException(
                Reason.UNREACHABLE,
                peer + " is not tried again for " + Math.max(0, (pauseEndsNs - System.nanoTime()) / 1_000_000) + " ms"
                        + (last == null ? "" : "; " + last.getMessage()));
    }

    private void connect() {
        state = State.CONNECTING;
        long mine = ++attempt;
        long timeoutNs = context.config().connectTimeoutNs();
        connectTimer = loop.schedule(
                () -> failed(
                        mine,
                        new TransportException(
                                Reason.UNREACHABLE,
                                "cannot reach " + peer + ": no answer within " + timeoutNs / 1_000_000
                                        + " ms (tcp.connect.timeout)")),
                timeoutNs,
                TimeUnit.NANOSECONDS);
        PeerAddresses.resolve(
                peer.host(),
                addresses -> onLoop(() -> connectTo(mine, addresses, 0)),
                unknown -> onLoop(() -> failed(
                        mine,
                        new TransportException(
                                Reason.UNREACHABLE,
                                "cannot reach " + peer + ": the host name is unknown (" + unknown.getMessage() + ")",
                                unknown))));
    }

    private void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            TcpContext.LOG.debug("looked up {} after the transport was closed", peer);
        }
    }

    private void connectTo(long mine, List<InetAddress> addresses, int index) {
        if (mine != attempt || state != State.CONNECTING) {
            return;
        }
        TcpConfig config = context.config();
        InetSocketAddress address = new InetSocketAddress(addresses.get(index), peer.port());
        // Each address has its share of the time, so that a dead first one does not use it all.
        long shareMs = Math.max(1, config.connectTimeoutNs() / 1_000_000 / addresses.size());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(context.io().client())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, shareMs))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new ClientConnection(context, channel, peer.toString(), ConnectionSlot.this));
                    }
                });
        SocketOptions.apply(config, context.allocator(), bootstrap::option);
        ChannelFuture future = bootstrap.connect(address);
        connecting = future.channel();
        future.addListener((ChannelFuture done) -> {
            if (mine != attempt || state != State.CONNECTING) {
                done.channel().close();
                return;
            }
            Throwable cause = done.cause();
            if (cause == null) {
                return; // the greeting decides
            }
            if (index + 1 < addresses.size()) {
                connectTo(mine, addresses, index + 1);
            } else {
                failed(
                        mine,
                        new TransportException(
                                Reason.UNREACHABLE, "cannot reach " + peer + ": " + cause.getMessage(), cause));
            }
        });
    }

    private void failed(long mine, TransportException failure) {
        if (mine != attempt || state != State.CONNECTING) {
            return;
        }
        endAttempt();
        context.counters().connectFailures.increment();
        state = State.PAUSED;
        paused = true;
        pauseEndsNs = System.nanoTime() + backOff.nextNs();
        lastFailure = failure;
        failWaiting(failure);
        Channel halfOpen = connecting;
        connecting = null;
        if (halfOpen != null) {
            halfOpen.close();
        }
    }

    /** Fails what waits now; what handlers add meanwhile is for the pump. */
    private void failWaiting(TransportException failure) {
        Fifo<TcpCall> failing = new Fifo<>();
        for (TcpCall call = waiting.poll(); call != null; call = waiting.poll()) {
            failing.add(call);
        }
        for (TcpCall call = failing.poll(); call != null; call = failing.poll()) {
            queuedBytes.addAndGet(-call.costBytes);
            call.request.free();
            call.fail(failure);
        }
    }

    private void endAttempt() {
        attempt++;
        ScheduledFuture<?> timer = connectTimer;
        connectTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    // ---- from connections

    void onReady(ClientConnection connection) {
        if (state != State.CONNECTING || !connection.channel.equals(connecting)) {
            connection.end(new TransportException(Reason.UNREACHABLE, peer + " greeted too late"));
            return;
        }
        endAttempt();
        connecting = null;
        state = State.UP;
        paused = false;
        backOff.reset();
        if (connectedBefore) {
            context.counters().reconnects.increment();
        }
        connectedBefore = true;
        current = connection;
        pump();
    }

    /** The connection takes no more calls, but ends those it has. */
    void onGone(ClientConnection connection) {
        if (current == connection) {
            current = null;
            state = State.IDLE;
            leaving.add(connection);
        }
    }

    void onEnded(ClientConnection connection, TransportException reason) {
        if (state == State.CONNECTING && connection.channel.equals(connecting)) {
            failed(
                    attempt,
                    reason.reason() == Reason.PROTOCOL
                            ? reason
                            : new TransportException(
                                    Reason.UNREACHABLE,
                                    "cannot reach " + peer + ": it closed the connection before it greeted ("
                                            + reason.getMessage() + ")",
                                    reason));
            return;
        }
        onGone(connection);
        leaving.remove(connection);
        pump();
    }

    private void shut() {
        state = State.CLOSED;
        endAttempt();
        handOff.drainTo(waiting);
        Channel halfOpen = connecting;
        connecting = null;
        if (halfOpen != null) {
            halfOpen.close();
        }
        ClientConnection connection = current;
        current = null;
        if (connection != null) {
            connection.end(closed());
        }
        for (ClientConnection gone : List.copyOf(leaving)) {
            gone.end(closed());
        }
        pump();
    }
}
