package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.ExclusivePublication;
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
    private final Subscription requests = node.listen();
    private final int port = node.port(requests);
    private @Nullable ExclusivePublication responses;
    private volatile boolean closed;
    private final Thread worker;

    AeronEchoServer() throws IOException {
        worker = Thread.ofPlatform().daemon().name("echo-aeron").start(this::serve);
    }

    @Override
    public int port() {
        return port;
    }

    private void serve() {
        ControlledFragmentAssembler assembler = new ControlledFragmentAssembler(this::onMessage);
        try (node) {
            while (!closed) {
                node.work();
                requests.controlledPoll(assembler, FRAGMENTS_PER_POLL);
            }
        }
    }

    private Action onMessage(DirectBuffer buffer, int offset, int length, Header header) {
        EchoMessage request = node.parse(buffer, offset, length);
        if (request.getId() < 0) {
            responses = node.publish((int) -request.getId());
            return Action.CONTINUE;
        }
        ExclusivePublication to = responses;
        if (to == null || !to.isConnected()) {
            // It stays in the log until the way back is open.
            return Action.ABORT;
        }
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
