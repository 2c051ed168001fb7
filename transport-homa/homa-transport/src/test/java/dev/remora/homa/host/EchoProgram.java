package dev.remora.homa.host;

import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.Endpoint;
import java.nio.file.Path;

/**
 * A process that serves a port and sends every message back, until it is told something. Or, as a client, one that sends
 * large messages to the port all the time.
 */
public final class EchoProgram {
    private EchoProgram() {}

    /** Does not return before the process is killed. */
    private static void call(Station station, int port) {
        PeerAddress server = station.resolve(port);
        System.out.println("ready");
        while (true) {
            station.send(server, new byte[60_000]);
            station.poll();
        }
    }

    public static void main(String[] args) throws Exception {
        try (Station station = new Station(Machine.settings(Path.of(args[0])))) {
            int port = Integer.parseInt(args[1]);
            if (args[2].equals("client")) {
                call(station, port);
            } else {
                station.network.listen(new Endpoint("localhost", port));
            }
            System.out.println("ready");
            int answered = 0;
            while (System.in.available() == 0) {
                station.poll();
                while (answered < station.received.size()) {
                    PeerAddress client = station.senders.get(answered);
                    byte[] message = station.received.get(answered);
                    // No room: the next round tries again.
                    if (!station.send(client, message)) {
                        break;
                    }
                    answered++;
                }
                Thread.onSpinWait();
            }
        }
        System.out.println("closed");
    }
}
