package dev.remora.homa;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.Patience;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.Transport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process with a Homa transport: as a server one that answers until it is told to end, as a client one that calls until it is
 * killed. Over {@code HostNetwork} it is given a folder, over an interface its settings, as {@code key=value;key=value}.
 */
public final class ServiceProgram {
    /** Bytes of a request's kind and number; anything may follow. */
    static final int LEAST_BYTES = 1 + Long.BYTES;
    /** Sent back as it came. */
    static final byte ECHO = 0;
    /** Never answered. */
    static final byte HOLD = 1;
    /** Answered with two ints: how many are held, and how many numbers came more than once. */
    static final byte REPORT = 2;

    /** What clients of this program hold when they say that they are ready. */
    static final int HELD_BY_CLIENT = 30;

    private ServiceProgram() {}

    /** What the processes of one test have in common. */
    static HomaTransport transport(Path folder, int engines) {
        HomaTransportProvider provider = new HomaTransportProvider();
        return (HomaTransport) provider.create(ContractSettings.of(
                provider,
                Map.of(
                        "host.folder",
                        folder.toString(),
                        "host.memory",
                        "512MiB",
                        "engines",
                        Integer.toString(engines))));
    }

    private static HomaTransport transport(String settings) {
        Map<String, String> texts = new HashMap<>();
        for (String setting : settings.split(";")) {
            String[] parts = setting.split("=", 2);
            texts.put(parts[0], parts[1]);
        }
        HomaTransportProvider provider = new HomaTransportProvider();
        return (HomaTransport) provider.create(ContractSettings.of(provider, texts));
    }

    /** Small, of several packets, and in parts. */
    static int size(int number) {
        return switch (number % 3) {
            case 0 -> 100;
            case 1 -> 50_000;
            default -> 2_500_000;
        };
    }

    static MessageBuffer request(ClientTransport client, byte kind, long number, int bytes) {
        MessageBuffer request = client.allocate(Math.max(LEAST_BYTES, bytes));
        request.bytes().put(kind).putLong(number);
        return request;
    }

    /** Serves the kinds above. */
    static final class Service implements RequestHandler {
        final Queue<ServerExchange> held = new ConcurrentLinkedQueue<>();
        final AtomicInteger cancelled = new AtomicInteger();
        final AtomicInteger echoed = new AtomicInteger();
        private final Set<Long> numbers = ConcurrentHashMap.newKeySet();
        private final AtomicInteger repeated = new AtomicInteger();

        @Override
        public void onRequest(ServerExchange exchange, MessageBuffer request) {
            byte kind = request.bytes().get();
            if (kind != REPORT && !numbers.add(request.bytes().getLong())) {
                repeated.incrementAndGet();
            }
            if (kind == HOLD) {
                request.release();
                exchange.onCancel(cancelled::incrementAndGet);
                held.add(exchange);
            } else if (kind == ECHO) {
                MessageBuffer response = exchange.allocate(request.size());
                response.bytes().put(request.bytes().rewind());
                request.release();
                echoed.incrementAndGet();
                exchange.respond(response);
            } else {
                request.release();
                MessageBuffer response = exchange.allocate(2 * Integer.BYTES);
                response.bytes().putInt(held.size()).putInt(repeated.get());
                exchange.respond(response);
            }
        }
    }

    private static void call(Transport transport, Endpoint server) {
        try (ClientTransport client = transport.connect(server)) {
            for (int i = 0; i < HELD_BY_CLIENT; i++) {
                client.call(request(client, HOLD, i, size(i)), 0, new NotedCall());
            }
            System.out.println("ready");
            for (int i = HELD_BY_CLIENT; ; i++) {
                NotedCall echo = new NotedCall();
                client.call(request(client, ECHO, i, size(i)), 0, echo);
                Patience.until(echo::isEnded, "an echo");
            }
        }
    }

    /** A role over {@code HostNetwork}: client or server, a colon, and the number of engines. */
    static String role(String what, int engines) {
        return what + ":" + engines;
    }

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[1]);
        boolean host = !args[0].contains("=");
        int colon = args[2].lastIndexOf(':');
        Transport made = host
                ? transport(Path.of(args[0]), colon < 0 ? 1 : Integer.parseInt(args[2].substring(colon + 1)))
                : transport(args[0]);
        try (Transport transport = made) {
            if (args[2].startsWith("client")) {
                // The server's address may follow.
                int at = args[2].indexOf('@');
                call(transport, new Endpoint(at < 0 ? "localhost" : args[2].substring(at + 1), port));
            } else {
                transport.listen(new Endpoint(host ? "localhost" : "*", port), new Service());
                System.out.println("ready");
                System.in.read();
            }
        }
        System.out.println("closed");
    }
}
