package dev.remora.discovery.zookeeper;

import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.tcp.TcpTransport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Logger;

/** A process that serves its own name over TCP, is registered in ZooKeeper, and ends with its standard input. */
final class RegisteredServer {
    private RegisteredServer() {}

    static Process start(String target, String name) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String modules = System.getProperty("jdk.module.path");
        String classes = System.getProperty("java.class.path");
        List<String> command = List.of(
                java,
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                modules == null ? classes : modules + File.pathSeparator + classes,
                RegisteredServer.class.getName(),
                target,
                name);
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** @param args target and name */
    public static void main(String[] args) throws IOException {
        InstalledResolvers resolvers = EmbeddedZookeeper.resolvers();
        try (Transport transport = TcpTransport.builder().build();
                RemoraServer server = RemoraServer.builder(transport)
                        .address(new Endpoint("127.0.0.1", 0))
                        .service(new WhoService(args[1]))
                        .start();
                Registration registration =
                        resolvers.register(resolvers.target(args[0]), ServerAddress.of(server.localAddress()))) {
            Logger.getLogger(RegisteredServer.class.getName()).fine(() -> "serves, with " + registration);
            System.in.transferTo(System.out); // nobody writes: this waits for the end
        }
    }
}
