package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What one test uses: transports as separate processes would have them, and every call that was made. Closing it checks
 * what holds for every test: each call ended exactly once, no buffer and no thread is left.
 */
public final class TransportRig implements AutoCloseable {
    private static final String THREAD_PREFIX = "remora-";

    private final TransportFixture fixture;
    private final Queue<Transport> transports = new ConcurrentLinkedQueue<>();
    private final Queue<RecordedCall> calls = new ConcurrentLinkedQueue<>();
    private final Set<Thread> threadsBefore = threads();

    /** A request that has arrived. */
    public record Held(ServerExchange exchange, byte[] request) {
        public void echo() {
            exchange.respond(MessagePattern.fill(exchange.allocate(request.length), request));
        }
    }

    TransportRig(TransportFixture fixture) {
        this.fixture = fixture;
    }

    public Transport transport() {
        return transport(Map.of());
    }

    /** A new instance; closed at the end. */
    public Transport transport(Map<String, String> overrides) {
        Transport transport = fixture.create(overrides);
        transports.add(transport);
        return transport;
    }

    /** A server on an instance of its own. */
    public ServerTransport serve(RequestHandler handler) {
        return transport().listen(fixture.anyAddress(), handler);
    }

    /** A client on an instance of its own. */
    public ClientTransport clientOf(ServerTransport server) {
        return transport().connect(server.localAddress());
    }

    /** Answers each request at once with its own bytes. */
    public static void echo(ServerExchange exchange, MessageBuffer request) {
        new Held(exchange, MessagePattern.take(request)).echo();
    }

    /** Puts each request aside. */
    public static RequestHandler holding(BlockingQueue<Held> into) {
        return (exchange, request) -> into.add(new Held(exchange, MessagePattern.take(request)));
    }

    public static BlockingQueue<Held> queue() {
        return new LinkedBlockingQueue<>();
    }

    /** Waits for the next request put aside. */
    public static Held next(BlockingQueue<Held> held) {
        try {
            Held next = held.poll(Patience.BOUND_S, TimeUnit.SECONDS);
            assertThat(next).as("a request arrives").isNotNull();
            return java.util.Objects.requireNonNull(next);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    public RecordedCall call(ClientTransport client, byte[] request) {
        RecordedCall recorded = recorded(() -> {});
        start(client, request, recorded);
        return recorded;
    }

    /** A handler whose single ending is checked when the test is over; it must be used. */
    public RecordedCall recorded(Runnable afterwards) {
        RecordedCall recorded = new RecordedCall(afterwards);
        calls.add(recorded);
        return recorded;
    }

    public static TransportCall start(ClientTransport client, byte[] request, RecordedCall recorded) {
        MessageBuffer buffer = MessagePattern.fill(client.allocate(request.length), request);
        return client.call(buffer, 0, recorded);
    }

    @Override
    public void close() {
        transports.forEach(Transport::close);
        for (RecordedCall call : calls) {
            call.end();
            assertThat(call.endings()).as("endings of a call").isEqualTo(1);
        }
        for (Transport transport : transports) {
            Patience.until(
                    () -> fixture.buffersInUse(transport).orElse(0) == 0,
                    "every message buffer released; there are " + fixture.buffersInUse(transport));
        }
        Patience.until(() -> leftThreads().isEmpty(), "the threads end; there are " + names(leftThreads()));
    }

    Set<Thread> leftThreads() {
        Set<Thread> left = new HashSet<>(threads());
        left.removeAll(threadsBefore);
        return left;
    }

    private static String names(Set<Thread> threads) {
        return threads.stream().map(Thread::getName).collect(Collectors.joining(", "));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(THREAD_PREFIX))
                .collect(Collectors.toSet());
    }
}
