package dev.remora.runtime.inprocess;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls between parts of one JVM. An address is a name: every listening server of the JVM stands under its
 * {@code host:port}, whichever transport object made it. Messages are heap buffers that pass from caller to handler
 * without a copy.
 *
 * <p>Handlers never run on the thread that calls {@code call} or {@code respond}, but on the threads of the transport they
 * belong to: requests on the server's, responses and failures on the client's (but for a call that is refused before it
 * starts). It costs a hand-off, and gives what handlers meet on a network: a chain of calls does not deepen the stack, a
 * handler never runs under a lock its caller holds, and a slow handler does not stop the caller. One thread is the default.
 *
 * <p>For use by any thread.
 */
public final class InProcessTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(InProcessTransport.class);
    private static final AtomicInteger TRANSPORTS = new AtomicInteger();
    private static final int CLOSE_WAIT_S = 5;

    private final int maxMessageBytes;
    private final int maxOutstanding;
    private final int maxRequests;
    private final String label;
    private final AtomicLong buffersInUse = new AtomicLong();
    private final Set<InProcessClient> clients = ConcurrentHashMap.newKeySet();
    private final Set<InProcessServer> servers = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor executor;
    private final TransportCapabilities capabilities;
    private volatile boolean closed;

    InProcessTransport(int maxMessageBytes, int maxOutstanding, int maxRequests, int threadCount) {
        this.maxMessageBytes = maxMessageBytes;
        this.maxOutstanding = maxOutstanding;
        this.maxRequests = maxRequests;
        this.label = "remora-in-process-" + TRANSPORTS.incrementAndGet();
        this.capabilities = new TransportCapabilities(maxMessageBytes, true, threadCount == 1, false, true);
        // The queue needs no bound of its own: what stands in it belongs to calls and requests, and those are bounded.
        this.executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(threadCount, this::newThread);
    }

    /** One with the default settings. */
    public static InProcessTransport create() {
        return new InProcessTransport(
                InProcessTransportProvider.DEFAULT_MAX_MESSAGE_BYTES,
                InProcessTransportProvider.DEFAULT_MAX_OUTSTANDING,
                InProcessTransportProvider.DEFAULT_MAX_REQUESTS,
                InProcessTransportProvider.DEFAULT_THREADS);
    }

    @Override
    public String name() {
        return InProcessTransportProvider.NAME;
    }

    @Override
    public TransportCapabilities capabilities() {
        return capabilities;
    }

    /** Buffers allocated here that nobody has released yet: 0 when all calls have ended, or someone leaks. */
    public long buffersInUse() {
        return buffersInUse.get();
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        if (peer.port() == 0) {
            throw new IllegalArgumentException(
                    "cannot call " + peer + ": port 0 is only to listen on; use the server's localAddress()");
        }
        InProcessClient client = new InProcessClient(this, peer, maxOutstanding);
        clients.add(client);
        if (closed) {
            client.close();
            throw closedFailure();
        }
        return client;
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        if (closed) {
            throw closedFailure();
        }
        InProcessServer server =
                InProcessNames.bind(local, address -> new InProcessServer(this, address, handler, maxRequests));
        servers.add(server);
        if (closed) {
            server.close();
            throw closedFailure();
        }
        return server;
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(clients).forEach(InProcessClient::close);
        List.copyOf(servers).forEach(InProcessServer::close);
        executor.shutdown();
        // A handler may close its own transport: its thread cannot wait for itself, and ends after what is queued.
        if (!threads.contains(Thread.currentThread()) && !awaitEnd()) {
            LOG.warn("{}: a handler has blocked its thread for {} s; the thread is interrupted", label, CLOSE_WAIT_S);
            executor.shutdownNow().forEach(Runnable::run);
        }
    }

    private boolean awaitEnd() {
        try {
            return executor.awaitTermination(CLOSE_WAIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return executor.isTerminated();
        }
    }

    MessageBuffer allocate(int size, String what) {
        if (size < 0) {
            throw new IllegalArgumentException("a message of " + size + " bytes");
        }
        if (size > maxMessageBytes) {
            throw new TransportException(
                    TransportException.Reason.TOO_LARGE,
                    "a " + what + " of " + size + " bytes exceeds the limit of " + maxMessageBytes
                            + " bytes: send less, or raise remora.in-process.max-message-bytes on both sides");
        }
        return HeapBuffer.allocate(size, buffersInUse);
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Runs a handler on a thread of this transport, or on this one when those have ended: nothing is lost at the end. */
    void deliver(Runnable task) {
        try {
            executor.execute(() -> runSafely(task));
        } catch (RejectedExecutionException e) {
            runSafely(task);
        }
    }

    /** Handlers must not throw; if one does, it is reported and harms no other call. */
    void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            LOG.error("{}: a handler threw; handlers must end their calls themselves", label, t);
        }
    }

    void forget(InProcessClient client) {
        clients.remove(client);
    }

    void forget(InProcessServer server) {
        servers.remove(server);
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                label);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    private TransportException closedFailure() {
        return new TransportException(
                TransportException.Reason.CLOSED, "this in-process transport was closed: make a new one");
    }
}
