package dev.remora.bench.work;

import dev.remora.bench.process.ChildDialogue;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.ChildProcess;
import dev.remora.bench.proto.WorkRequest;
import dev.remora.bench.proto.WorkResponse;
import dev.remora.bench.proto.WorkRpc;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.tcp.TcpTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A server over TCP in a process of its own, seen from its parent. */
public final class WorkServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=deny",
            "-Dlogback.configurationFile=dev/remora/bench/logback-child.xml");

    private final ChildProcess child;

    private WorkServer(ChildProcess child) {
        this.child = child;
    }

    /**
     * Starts one; {@link #address} waits for it.
     *
     * @param name in messages
     * @param heapMb the most that it may have
     * @param main whose {@code main} calls {@link #serve}
     */
    public static WorkServer start(String name, int heapMb, Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(JVM_FLAGS);
        flags.add("-Xmx" + heapMb + "m");
        return new WorkServer(ChildProcess.start(name, List.of(), flags, main, arguments));
    }

    /** Where it listens, once it does; to be asked once. */
    public Endpoint address() throws ChildFailure, InterruptedException {
        return new Endpoint("127.0.0.1", Integer.parseInt(child.await("ready", START)));
    }

    /** In the child: says {@code ready PORT} and serves until the parent says {@code end}. */
    public static void serve(ChildDialogue dialogue, DefaultValues settings, Function<WorkRequest, WorkResponse> work)
            throws InterruptedException {
        try (Transport transport = TcpTransport.builder().build();
                RemoraServer server = RemoraServer.builder(transport)
                        .address(new Endpoint("127.0.0.1", 0))
                        .settings(settings)
                        .service(new WorkRpc.ServiceBase() {
                            @Override
                            public WorkResponse perform(WorkRequest request) {
                                return work.apply(request);
                            }
                        })
                        .start()) {
            dialogue.answer("ready " + server.localAddress().port());
            while (!dialogue.next().equals("end")) {
                // Nothing else is asked of it.
            }
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
