package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.Network.Listening;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.Endpoint;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own, which are killed, stopped and started again. */
class HostProcessTest {
    private static final int PORT = 4_800;
    private static final int SEED = 5;

    @TempDir
    private Path folder;
    /** The one in this process; a server in one of the tests. */
    private Station client;

    @BeforeEach
    void open() {
        Machine.needsDpdk();
        client = new Station(Machine.settings(folder));
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    private void echo(PeerAddress server, int bytes) {
        byte[] data = new byte[bytes];
        new Random(SEED).nextBytes(data);
        int before = client.received.size();
        Machine.until("room", () -> client.send(server, data));
        Machine.until("echo", () -> {
            client.poll();
            return client.received.size() > before;
        });
        assertThat(client.received.get(before)).as("seed %d", SEED).isEqualTo(data);
    }

    @Test
    void aKilledServerIsLostAndItsSuccessorFound() throws Exception {
        for (int round = 1; round <= 2; round++) {
            try (EchoProcess server = EchoProcess.server(folder, PORT)) {
                PeerAddress address = client.resolve(PORT);
                echo(address, 100);
                echo(address, 60_000);
                // With frames in flight.
                client.send(address, new byte[60_000]);
                server.kill();
                int expected = round;
                Machine.until("the loss is noticed", () -> {
                    client.poll();
                    return client.lost.size() == expected;
                });
                assertThat(client.lost).contains(new PeerAddress(address.high(), address.low(), 0));
            }
        }
        try (EchoProcess server = EchoProcess.server(folder, PORT)) {
            echo(client.resolve(PORT), 60_000);
            server.quit();
        }
        Machine.until("the end is noticed", () -> {
            client.poll();
            return client.lost.size() == 3;
        });
    }

    /** The end that made the device is killed, in the middle of the traffic. */
    @Test
    void aServerOutlivesKilledClients() throws Exception {
        try (Listening listening = client.network.listen(new Endpoint("localhost", 0))) {
            for (int round = 1; round <= 2; round++) {
                int before = client.received.size();
                try (EchoProcess caller =
                        EchoProcess.client(folder, listening.address().port())) {
                    Machine.until("messages of the client", () -> {
                        client.poll();
                        return client.received.size() > before + 100;
                    });
                    caller.kill();
                    int expected = round;
                    Machine.until("the loss is noticed", () -> {
                        client.poll();
                        return client.lost.size() == expected;
                    });
                }
            }
        }
        try (EchoProcess server = EchoProcess.server(folder, PORT)) {
            echo(client.resolve(PORT), 60_000);
        }
    }

    @Test
    void aStoppedPeerIsFullAndOthersAreNot() throws Exception {
        try (EchoProcess stopped = EchoProcess.server(folder, PORT);
                EchoProcess running = EchoProcess.server(folder, PORT + 1)) {
            PeerAddress full = client.resolve(PORT);
            PeerAddress fine = client.resolve(PORT + 1);
            echo(full, 100);
            echo(fine, 100);
            stopped.stop();
            int sent = 0;
            while (client.send(full, new byte[60_000])) {
                sent++;
                assertThat(sent).as("bounded").isLessThan(2_000);
            }
            for (int i = 0; i < 200; i++) {
                echo(fine, 60_000);
            }
            assertThat(client.send(full, new byte[60_000])).isFalse();
            assertThat(client.lost).isEmpty();
            int before = client.received.size();
            int expected = before + sent;
            stopped.signal("CONT");
            Machine.until("all " + sent + " echoes", () -> {
                client.poll();
                return client.received.size() >= expected;
            });
            echo(full, 60_000);
        }
    }
}
