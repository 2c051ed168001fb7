package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import java.io.IOException;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/** Echoes to the one client that says hello. */
final class AeronEchoServer implements EchoServer {
    private static final int FRAGMENTS_PER_POLL = 64;

    private final AeronNode node = new AeronNode();
    private final Subscription requests;
    private final Subscription hellos;
    private final int port;
    private @Nullable ExclusivePublication responses;
    private volatile boolean closed;
    private final Thread worker;

    AeronEchoServer() throws IOException {
        requests = node.listen(AeronNode.ECHO_STREAM);
        port = node.port(requests);
        hellos = node.listen(AeronNode.HELLO_STREAM, port);
        worker = Thread.ofPlatform().daemon().name("echo-aeron").start(this::serve);
    }

    @Override
    public int port() {
        return port;
    }

    private void serve() {
        FragmentAssembler hello = new FragmentAssembler(this::onHello);
        ControlledFragmentAssembler request = new ControlledFragmentAssembler(this::onRequest);
        try (node) {
            while (responses == null && !closed) {
                node.work();
                hellos.poll(hello, 1);
            }
            while (!closed) {
                node.work();
                requests.controlledPoll(request, FRAGMENTS_PER_POLL);
            }
        }
    }

    private void onHello(DirectBuffer buffer, int offset, int length, Header header) {
        int clientPort = (int) AeronNode.parse(buffer, offset, length).getId();
        responses = node.publish(AeronNode.ECHO_STREAM, clientPort);
    }

    private Action onRequest(DirectBuffer buffer, int offset, int length, Header header) {
        ExclusivePublication to = responses;
        if (to == null || !to.isConnected()) {
            // It stays in the log until the way back is open.
            return Action.ABORT;
        }
        EchoMessage request = AeronNode.parse(buffer, offset, length);
        EchoMessage response = EchoMessage.newBuilder()
                .setId(request.getId())
                .setPayload(request.getPayload())
                .build();
        return node.offer(to, response) ? Action.CONTINUE : Action.ABORT;
    }

    @Override
    public void close() {
        closed = true;
        try {
            worker.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
