package dev.remora.samples.logs;

import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.spi.Endpoint;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: keeps lines and serves them until it is told to end; prints {@code READY <address>}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Keeps the last lines and serves them until SIGTERM.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Option(names = "--address", defaultValue = "127.0.0.1:0", description = "Where to listen (${DEFAULT-VALUE}).")
    private String address = "127.0.0.1:0";

    @Option(names = "--keep", defaultValue = "100000", description = "Lines to keep (${DEFAULT-VALUE}).")
    private int keep = 100_000;

    @Override
    public Integer call() throws InterruptedException {
        LogsTransport node = LogsTransport.create();
        RemoraServer server = RemoraServer.builder(node.transport())
                .settings(node.config().server())
                .address(Endpoint.parse(address))
                .service(new LogsService(new LineRing(keep)))
                .start();
        Duration grace = Duration.ofNanos(node.config().server().get(ServerSettings.DRAIN_TIMEOUT));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(node, server, grace), "drain"));
        System.out.println("READY " + server.localAddress());
        System.out.flush();
        // The hook above closes the server; nothing but the end of the process ends this.
        new CountDownLatch(1).await();
        return 0;
    }

    /** Followers have no end of their own: they are told when the time is over. */
    private static void drain(LogsTransport node, RemoraServer server, Duration grace) {
        try {
            server.drain(grace);
        } catch (InterruptedException e) {
            LOG.warn("interrupted while streams end");
        } finally {
            node.close();
        }
    }
}
