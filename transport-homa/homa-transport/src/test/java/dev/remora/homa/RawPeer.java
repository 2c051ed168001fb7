package dev.remora.homa;

import dev.remora.contract.Patience;
import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Command;
import dev.remora.homa.engine.Engine;
import dev.remora.homa.engine.EngineGroup;
import dev.remora.homa.engine.IdlePolicy;
import dev.remora.homa.engine.Received;
import dev.remora.homa.engine.ServerRpc;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.net.Network;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.spi.Endpoint;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Speaks Homa but keeps to nothing that we say in it: sends any bytes, and answers with any. */
final class RawPeer implements AutoCloseable {
    private final MemoryNetwork network;
    private final Engine engine;
    private volatile UnaryOperator<byte[]> answers = request -> request;
    private volatile long lastId;

    RawPeer(MemoryNetwork.Hub hub) {
        network = hub.attach();
        HomaConfig config = HomaConfig.standard()
                .withSeed(System.nanoTime())
                .with(Tunable.QUARANTINE_NS, 0)
                .with(Tunable.TIMEOUT_TICKS, HomaFixture.PATIENT_TICKS);
        engine = new Engine(
                "remora-test-raw",
                config,
                new EngineGroup(config, 1, true),
                0,
                network.ports().get(0),
                Encapsulation.TCP_HEADER,
                64 << 20,
                IdlePolicy.ADAPTIVE,
                this::onRequest);
        engine.start();
    }

    private void onRequest(
            Received request, long handle, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort) {
        byte[] answer = answers.apply(bytes(request));
        ServerRpc rpc = new ServerRpc() {
            @Override
            protected void onResponseDone(RpcError error) {}
        };
        rpc.begin(handle);
        engine.respond(rpc, MemorySegment.NULL, MemorySegment.ofArray(answer), 0, answer.length);
    }

    private static byte[] bytes(Received message) {
        byte[] bytes = new byte[message.size()];
        message.bytes().get(bytes);
        message.release();
        return bytes;
    }

    /** Answers what comes to a new port. */
    Endpoint serve(UnaryOperator<byte[]> newAnswers) {
        answers = newAnswers;
        Network.Listening listening = network.listen(new Endpoint("10.0.0.9", 0));
        CompletableFuture<Boolean> open = new CompletableFuture<>();
        submit(() -> {
            engine.listen(listening.address().port());
            open.complete(true);
        });
        Patience.await(open, "the raw peer listens");
        return listening.address();
    }

    CompletableFuture<byte[]> send(Endpoint server, byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        network.resolve(server, new Network.Resolution() {
            @Override
            public void found(dev.remora.homa.net.PeerAddress to) {
                ClientRpc rpc = new ClientRpc() {
                    @Override
                    protected void onResponse(Received response) {
                        answer.complete(bytes(response));
                    }

                    @Override
                    protected void onFailed(RpcError error, boolean heard) {
                        answer.completeExceptionally(new IllegalStateException(error.name()));
                    }
                };
                submit(() -> {
                    engine.send(
                            rpc,
                            to.high(),
                            to.low(),
                            to.port(),
                            41_000,
                            MemorySegment.NULL,
                            MemorySegment.ofArray(request),
                            0,
                            request.length);
                    lastId = engine.rpcId(rpc);
                });
            }

            @Override
            public void notFound(String problem) {
                answer.completeExceptionally(new IllegalStateException(problem));
            }
        });
        return answer;
    }

    /** The id of the RPC that will be sent so many sends from now, after everything sent so far has left; 1 for the next one. */
    long nextId(int sends) {
        return lastId + 2L * sends;
    }

    private void submit(Runnable action) {
        engine.submit(new Command() {
            @Override
            protected void run() {
                action.run();
            }

            @Override
            protected void refused() {}
        });
    }

    @Override
    public void close() {
        engine.close();
        network.close();
    }
}
