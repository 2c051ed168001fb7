package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.HugepagePolicy;
import dev.remora.homa.net.Network.Listening;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several networks in one process; {@link HostProcessTest} has others in processes of their own. */
class HostNetworkTest {
    private static final int SEED = 3;
    private static final Endpoint ANY = new Endpoint("localhost", 0);

    private final List<Station> stations = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void checkMachine() {
        Machine.needsDpdk();
    }

    @AfterEach
    void closeAll() {
        stations.forEach(Station::close);
        assertThat(threads()).as("threads that should have ended").isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith(HostNetwork.THREADS))
                .toList();
    }

    private Station station() {
        Station station = new Station(Machine.settings(folder));
        stations.add(station);
        return station;
    }

    private static byte[] bytes(int count) {
        byte[] data = new byte[count];
        new Random(SEED + count).nextBytes(data);
        return data;
    }

    private static void exchange(Station from, Station to, PeerAddress address, byte[] data) {
        int before = to.received.size();
        Machine.until("room", () -> from.send(address, data));
        Machine.until("arrival of " + data.length + " bytes", () -> {
            from.poll();
            to.poll();
            return to.received.size() > before;
        });
        assertThat(to.received.get(before))
                .as("%d bytes, seed %d", data.length, SEED)
                .isEqualTo(data);
    }

    @Test
    void twoFindEachOtherAndExchangePackets() {
        Station a = station();
        Station b = station();
        try (Listening listening = b.network.listen(ANY)) {
            PeerAddress server = a.resolve(listening.address().port(), b);
            assertThat(server.port()).isEqualTo(listening.address().port());
            for (int size : new int[] {1, 100, 1_424, 1_425, 20_000, 64_000}) {
                exchange(a, b, server, bytes(size));
                exchange(b, a, b.senders.getLast(), bytes(size + 1));
            }
            // Known already: the same way, and no second device.
            assertThat(a.resolve(listening.address().port(), b)).isEqualTo(server);
        }
        assertThat(a.lost).isEmpty();
        for (HostPort.Lost kind : HostPort.Lost.values()) {
            assertThat(a.port().lost(kind)).as(kind.toString()).isZero();
        }
    }

    @Test
    void oneFindsItself() {
        Station a = station();
        try (Listening listening = a.network.listen(ANY)) {
            PeerAddress server = a.resolve(listening.address().port());
            exchange(a, a, server, bytes(64_000));
            PeerAddress client = a.senders.getLast();
            assertThat(client.low()).isNotEqualTo(server.low());
            exchange(a, a, client, bytes(100));
            assertThat(a.senders.getLast().low()).isEqualTo(server.low());
        }
    }

    @Test
    void bothAskingAtTheSameTimeGetOnePair() {
        for (int round = 0; round < 3; round++) {
            Station a = station();
            Station b = station();
            try (Listening ofA = a.network.listen(ANY);
                    Listening ofB = b.network.listen(ANY)) {
                List<String> problems = new ArrayList<>();
                CompletableFuture<@Nullable PeerAddress> fromA =
                        a.find(ofB.address().port(), problems);
                CompletableFuture<@Nullable PeerAddress> fromB =
                        b.find(ofA.address().port(), problems);
                Machine.until("both know", () -> {
                    a.poll();
                    b.poll();
                    return fromA.isDone() && fromB.isDone();
                });
                assertThat(problems).isEmpty();
                PeerAddress server = fromA.join();
                assertThat(server).isNotNull();
                exchange(a, b, server, bytes(100));
                exchange(b, a, fromB.join(), bytes(200));
            }
            a.close();
            b.close();
        }
    }

    @Test
    void refusedPacketsAreReported() {
        Station a = station();
        Station b = station();
        try (Listening listening = b.network.listen(ANY)) {
            PeerAddress server = a.resolve(listening.address().port(), b);
            b.refuses = true;
            a.send(new PeerAddress(server.high(), server.low(), 77), bytes(64_000));
            a.send(new PeerAddress(server.high(), server.low(), 78), bytes(10));
            Machine.until("both refusals", () -> {
                b.poll();
                a.poll();
                return a.unreachable.size() == 2;
            });
            String peer = Long.toHexString(server.low());
            assertThat(a.unreachable).containsExactly("PORT " + peer + " 77", "PORT " + peer + " 78");
        }
    }

    @Test
    void unknownPeersHaveNoRoute() {
        Station a = station();
        assertThat(a.port().reserve(0, HostAddress.low(2), 100)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(a.port().reserve(1, HostAddress.low(2), 100)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(a.port().lost(HostPort.Lost.NO_ROUTE)).isEqualTo(2);
    }

    @Test
    void aPortIsTakenOnce() {
        Station a = station();
        Station b = station();
        Listening first = a.network.listen(new Endpoint("127.0.0.1", 4_711));
        for (Station station : List.of(a, b)) {
            assertThatThrownBy(() -> station.network.listen(new Endpoint("localhost", 4_711)))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.BIND))
                    .hasMessageContaining("port 4711 is in use");
        }
        first.close();
        first.close();
        b.network.listen(new Endpoint("localhost", 4_711)).close();
        assertThatThrownBy(() -> a.network.listen(new Endpoint("192.0.2.1", 0)))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("is not this machine");
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        Station a = station();
        List<String> problems = new ArrayList<>();
        assertThat(a.resolve(5_000, problems)).isNull();
        assertThat(problems.getFirst())
                .contains("nobody listens on localhost:5000")
                .contains(folder.toString());
        // A process that was killed leaves such a file, and a port that was given up an empty one.
        Files.writeString(folder.resolve("port-5001"), "0a0b0c");
        Files.writeString(folder.resolve("port-5002"), "");
        Files.writeString(folder.resolve("port-5003"), "rubbish, and a lot of it");
        for (int port : new int[] {5_001, 5_002, 5_003}) {
            assertThat(a.resolve(port, problems)).as("port %d", port).isNull();
        }
        assertThat(problems).hasSize(4);
        assertThat(problems.get(1)).contains("nobody listens on localhost:5001").contains("has ended");
        // Nobody has it locked, so it can be taken over.
        Station b = station();
        b.network.listen(new Endpoint("localhost", 5_001));
        assertThat(a.resolve(5_001, b).port()).isEqualTo(5_001);
    }

    @Test
    void otherMachinesAreRefusedAtOnce() {
        Station a = station();
        assertThatThrownBy(() -> a.network.resolve(new Endpoint("192.0.2.1", 1), new NoResolution()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("192.0.2.1:1 is not on this machine");
    }

    private static final class NoResolution implements dev.remora.homa.net.Network.Resolution {
        @Override
        public void found(PeerAddress server) {
            throw new AssertionError(server);
        }

        @Override
        public void notFound(String problem) {
            throw new AssertionError(problem);
        }
    }

    @Test
    void aPeerThatClosesIsLostAndItsPlaceIsFree() throws IOException {
        Station a = station();
        for (int round = 1; round <= 3; round++) {
            Station b = station();
            Listening listening = b.network.listen(new Endpoint("localhost", 4_712));
            PeerAddress server = a.resolve(4_712, b);
            exchange(a, b, server, bytes(1_000));
            listening.close();
            b.close();
            int expected = round;
            Machine.until("the loss is noticed", () -> {
                a.poll();
                return a.lost.size() == expected;
            });
            assertThat(a.lost).contains(new PeerAddress(server.high(), server.low(), 0));
            Machine.until("the way is gone", () -> {
                a.poll();
                return !a.send(server, bytes(1));
            });
            Machine.until("the device's socket is gone", () -> {
                a.poll();
                return devices().isEmpty();
            });
        }
    }

    private List<Path> devices() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".vhost")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPortThatNobodyDrivesDoesNotKeepTheNetworkFromClosing() {
        Station a = station();
        Station b = station();
        Listening listening = b.network.listen(ANY);
        PeerAddress server = a.resolve(listening.address().port(), b);
        exchange(a, b, server, bytes(10));
        // The network first, and its port, which this thread owns, afterwards.
        b.network.close();
        a.port().release();
        a.network.close();
        assertThat(threads()).isEmpty();
    }

    @Test
    void badFoldersAreExplained() throws IOException {
        Path tooLong = folder.resolve("x".repeat(100));
        assertUnusable(tooLong, "too long");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertUnusable(file, "can be neither made nor read");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        assertUnusable(open, "other users may write to it; chmod 700");
        assertUnusable(Path.of("/proc/none"), "can be neither made nor read");
    }

    private static void assertUnusable(Path path, String why) {
        assertThatThrownBy(() -> HostNetwork.open(new HostSettings(path, 1_500, 1_000, 64, HugepagePolicy.NONE, 1)))
                .isInstanceOfSatisfying(
                        TransportException.class,
                        e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.UNSUPPORTED))
                .hasMessageContaining(path.toString())
                .hasMessageContaining(why);
    }
}
