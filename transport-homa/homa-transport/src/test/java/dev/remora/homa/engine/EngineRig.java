package dev.remora.homa.engine;

import dev.remora.contract.Patience;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.net.PeerAddress;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.Encapsulation;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Two engines over a hub in memory: one echoes, the other calls. */
final class EngineRig implements AutoCloseable {
    static final int PORT = 4_000;

    final AtomicInteger requests = new AtomicInteger();
    /** Requests to the client. */
    final AtomicInteger heard = new AtomicInteger();

    final MemoryNetwork serverNetwork;
    final MemoryNetwork clientNetwork;
    final Engine server;
    final Engine client;

    EngineRig(MemoryNetwork.Hub hub, boolean segmentation, IdlePolicy idle, Encapsulation encapsulation) {
        serverNetwork = hub.attach();
        clientNetwork = hub.attach();
        HomaConfig config = HomaConfig.standard()
                .with(Tunable.MAX_GSO_SIZE, segmentation ? 65_535 : 0)
                // On a busy machine an engine may get no CPU for longer than the usual 100 ms.
                .with(Tunable.TIMEOUT_TICKS, 5_000);
        HomaConfig ofServer = config.withSeed(1).with(Tunable.QUARANTINE_NS, 0);
        server = new Engine(
                "remora-test-server",
                ofServer,
                new EngineGroup(ofServer, 1, true),
                0,
                serverNetwork.ports().get(0),
                encapsulation,
                64 << 20,
                idle,
                this::echo);
        HomaConfig ofClient = config.withSeed(2).with(Tunable.QUARANTINE_NS, 0);
        client = new Engine(
                "remora-test-client",
                ofClient,
                new EngineGroup(ofClient, 1, true),
                0,
                clientNetwork.ports().get(0),
                encapsulation,
                64 << 20,
                idle,
                (request, handle, id, high, low, port, local) -> {
                    request.release();
                    heard.incrementAndGet();
                });
        server.start();
        client.start();
        server.submit(command(() -> server.listen(PORT)));
    }

    static Command command(Runnable action) {
        return new Command() {
            @Override
            protected void run() {
                action.run();
            }

            @Override
            protected void refused() {}
        };
    }

    private void echo(
            Received request, long handle, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort) {
        requests.incrementAndGet();
        byte[] bytes = new byte[request.size()];
        request.bytes().get(bytes);
        request.release();
        ServerRpc rpc = new ServerRpc() {
            @Override
            protected void onResponseDone(RpcError error) {}
        };
        rpc.begin(handle);
        server.respond(rpc, MemorySegment.NULL, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /** A call and its outcome. */
    final class Call extends ClientRpc implements Waiter {
        final CompletableFuture<byte[]> outcome = new CompletableFuture<>();
        private final byte[] request;

        Call(byte[] request) {
            this.request = request;
        }

        Call start(boolean willDrive) {
            client.submit(
                    command(() -> {
                        PeerAddress peer = serverNetwork.address();
                        if (!client.send(
                                this,
                                peer.high(),
                                peer.low(),
                                PORT,
                                40_000,
                                MemorySegment.NULL,
                                MemorySegment.ofArray(request),
                                0,
                                request.length)) {
                            outcome.completeExceptionally(new IllegalStateException("not sent"));
                        }
                    }),
                    willDrive);
            return this;
        }

        byte[] await() {
            return Patience.await(outcome, "the call ends");
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }

        @Override
        protected void onResponse(Received response) {
            byte[] bytes = new byte[response.size()];
            response.bytes().get(bytes);
            response.release();
            outcome.complete(bytes);
        }

        @Override
        protected void onFailed(RpcError error, boolean heard) {
            outcome.completeExceptionally(new IllegalStateException(error + (heard ? ", heard" : ", not heard")));
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        clientNetwork.close();
        serverNetwork.close();
    }
}
