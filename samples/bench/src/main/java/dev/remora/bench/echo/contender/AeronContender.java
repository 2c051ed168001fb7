package dev.remora.bench.echo.contender;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Aeron over UDP on loopback: messages, not calls, on a thread that never sleeps. The media driver is embedded and runs on
 * that same thread, since each process may have one core only.
 */
public final class AeronContender implements Contender {
    @Override
    public String name() {
        return "aeron";
    }

    @Override
    public String description() {
        return "Aeron UDP loopback, embedded media driver invoked by the one spinning thread of each process, MTU "
                + AeronNode.MTU_BYTES + ", protobuf messages";
    }

    @Override
    public List<String> jvmFlags() {
        return List.of(
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-opens=java.base/java.util.zip=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-Dagrona.disable.bounds.checks=true");
    }

    @Override
    public EchoServer start() throws IOException {
        return new AeronEchoServer();
    }

    @Override
    public EchoClient connect(InetSocketAddress server) throws IOException {
        return new AeronEchoClient(server);
    }
}
