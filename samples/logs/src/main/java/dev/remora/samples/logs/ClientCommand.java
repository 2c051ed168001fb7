package dev.remora.samples.logs;

import dev.remora.api.RpcException;
import dev.remora.runtime.RemoraChannel;
import dev.remora.samples.logs.v1.LogsRpc;
import dev.remora.spi.Endpoint;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the commands that talk to a server have in common. */
abstract class ClientCommand implements Callable<Integer> {
    @Option(names = "--server", required = true, paramLabel = "HOST:PORT", description = "Where the server is.")
    private String server = "";

    @Override
    public final Integer call() throws IOException {
        try (LogsTransport node = LogsTransport.create();
                RemoraChannel channel = RemoraChannel.builder(node.transport())
                        .settings(node.config().client("logs"))
                        .target(Endpoint.parse(server))
                        .build()) {
            run(LogsRpc.blockingStub(channel));
            return 0;
        } catch (RpcException e) {
            System.err.println("the stream ended with " + e.status());
            return 1;
        }
    }

    /** Ends when the stream has. */
    abstract void run(LogsRpc.BlockingStub logs) throws IOException;
}
