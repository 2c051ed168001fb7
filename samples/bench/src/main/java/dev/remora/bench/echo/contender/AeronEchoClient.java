package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.agrona.DirectBuffer;

/** Calls over two streams. Has no thread: the caller's spins in {@link #call} or {@link #await}. One thread at a time. */
final class AeronEchoClient implements EchoClient {
    private static final long TIMEOUT_NS = 30_000_000_000L;
    private static final int FRAGMENTS_PER_POLL = 64;

    private final AeronNode node = new AeronNode();
    private final Subscription responses;
    private final ExclusivePublication requests;
    private final FragmentAssembler assembler = new FragmentAssembler(this::onFragment);
    // Both are bounded by the calls that the load has outstanding.
    private final Map<Long, EchoListener> outstanding = new HashMap<>();
    private final ArrayDeque<EchoMessage> unsent = new ArrayDeque<>();

    AeronEchoClient(InetSocketAddress server) throws IOException {
        responses = node.listen();
        EchoMessage hello = AeronNode.hello(node.port(responses));
        requests = node.publish(server.getPort());
        long startNs = System.nanoTime();
        boolean said = false;
        while (!said || !responses.isConnected()) {
            node.work();
            said = said || (requests.isConnected() && node.offer(requests, hello));
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                throw new IOException("no Aeron server answered at " + server + " within 30 s");
            }
        }
    }

    @Override
    public EchoMessage call(EchoMessage request) throws Exception {
        EchoWaiter waiter = new EchoWaiter();
        start(request, waiter);
        long startNs = System.nanoTime();
        while (outstanding.containsKey(request.getId())) {
            work();
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                throw new TimeoutException("no echo within 30 s");
            }
        }
        return waiter.await();
    }

    @Override
    public void start(EchoMessage request, EchoListener listener) {
        outstanding.put(request.getId(), listener);
        if (!unsent.isEmpty() || !node.offer(requests, request)) {
            unsent.add(request);
        }
    }

    @Override
    public boolean await(CountDownLatch end, long timeoutNs) {
        long startNs = System.nanoTime();
        while (end.getCount() > 0) {
            work();
            if (System.nanoTime() - startNs > timeoutNs) {
                return false;
            }
        }
        return true;
    }

    private void work() {
        node.work();
        for (EchoMessage next = unsent.peek(); next != null && node.offer(requests, next); next = unsent.peek()) {
            unsent.remove();
        }
        responses.poll(assembler, FRAGMENTS_PER_POLL);
    }

    private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        EchoMessage response = node.parse(buffer, offset, length);
        EchoListener listener = outstanding.remove(response.getId());
        if (listener == null) {
            throw new IllegalStateException("a response for call " + response.getId() + ", which is not outstanding");
        }
        listener.onEcho(response);
    }

    @Override
    public void close() {
        node.close();
    }
}
