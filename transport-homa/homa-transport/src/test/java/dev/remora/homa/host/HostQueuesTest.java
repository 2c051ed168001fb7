package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.PeerAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks with several engines: how many queues there are between two, and whose they are. */
class HostQueuesTest {
    @TempDir
    Path folder;

    private final List<Station> stations = new ArrayList<>();

    @BeforeEach
    void checkMachine() {
        Machine.needsDpdk();
    }

    @AfterEach
    void close() {
        stations.forEach(Station::close);
    }

    private Station station(int engines) {
        Station station = new Station(Machine.settings(folder).withEngines(engines));
        stations.add(station);
        return station;
    }

    private static int listen(Station station) {
        return station.network
                .listen(new dev.remora.spi.Endpoint("localhost", 0))
                .address()
                .port();
    }

    private static List<Integer> engines(int[][] ports) {
        List<Integer> with = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            if (ports[i].length > 0) {
                with.add(i);
            }
        }
        return with;
    }

    /** The engines of a station whose sleep what is sent ends. */
    private static List<Integer> rungBy(Station sleeper, BooleanSupplier sends) {
        List<Bell> bells =
                sleeper.network.hostPorts().all().stream().map(HostPort::bell).toList();
        bells.forEach(Bell::arm);
        assertThat(bells).noneMatch(bell -> bell.await(false, 0));
        assertThat(sends.getAsBoolean()).isTrue();
        List<Integer> rung = new ArrayList<>();
        for (int i = 0; i < bells.size(); i++) {
            if (bells.get(i).await(false, 0)) {
                rung.add(i);
            }
            bells.get(i).disarm();
        }
        return rung;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2", "1, 3", "4, 4"})
    void thereAreAsManyQueuesAsTheSmallerSideHasEngines(int callers, int servers) {
        Station caller = station(callers);
        Station server = station(servers);
        PeerAddress to = caller.resolve(listen(server), server);
        int[][] ports = caller.network.clientPorts(to, 4);
        List<Integer> leading = engines(ports);

        assertThat(leading).hasSize(Math.min(callers, servers));
        assertThat(Arrays.stream(ports).flatMapToInt(Arrays::stream).distinct().count())
                .isEqualTo(leading.size());
        for (int i = 0; i < leading.size(); i++) {
            int engine = leading.get(i);
            byte[] data = {(byte) engine, 7};
            caller.engine = engine;
            List<Integer> rung = rungBy(server, () -> caller.send(to, data));
            Machine.until("a packet", () -> server.poll() > 0 && !server.received.isEmpty());
            assertThat(rung).as("engines woken").containsExactly(server.receivedBy.getLast());
            assertThat(server.received.getLast()).isEqualTo(data);
            // The answer goes the same way back.
            server.engine = server.receivedBy.getLast();
            rung = rungBy(caller, () -> server.send(server.senders.getLast(), data));
            assertThat(rung).as("engines woken").containsExactly(engine);
            int before = caller.received.size();
            Machine.until("the answer", () -> caller.poll() > 0 && caller.received.size() > before);
            assertThat(caller.receivedBy.getLast()).isEqualTo(engine);
        }
        assertThat(server.receivedBy).doesNotHaveDuplicates();
    }

    @Test
    void peersOfOneEngineAreSharedOutAmongOurs() {
        Station server = station(2);
        int port = listen(server);
        for (int i = 0; i < 4; i++) {
            Station caller = station(1);
            PeerAddress to = caller.resolve(port, server);
            assertThat(caller.send(to, new byte[] {1})).isTrue();
            int before = server.received.size();
            Machine.until("a packet", () -> server.poll() > 0 && server.received.size() > before);
        }
        assertThat(server.receivedBy).containsOnly(0, 1);
        assertThat(server.receivedBy.stream().filter(engine -> engine == 0)).hasSize(2);
    }

    @Test
    void ourEnginesAreSharedOutAmongServersOfOneEngine() {
        Station caller = station(2);
        List<Integer> leading = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Station server = station(1);
            PeerAddress to = caller.resolve(listen(server), server);
            leading.addAll(engines(caller.network.clientPorts(to, 4)));
        }
        assertThat(leading).hasSize(4).containsOnly(0, 1);
        assertThat(leading.stream().filter(engine -> engine == 0)).hasSize(2);
    }

    @Test
    void eachEngineReachesItsOwnTransport() {
        Station alone = station(3);
        PeerAddress to = alone.resolve(listen(alone));
        assertThat(engines(alone.network.clientPorts(to, 4))).containsExactly(0, 1, 2);
        for (int engine = 0; engine < 3; engine++) {
            alone.engine = engine;
            assertThat(alone.send(to, new byte[] {5})).isTrue();
            int before = alone.received.size();
            Machine.until("a packet", () -> alone.poll() > 0 && alone.received.size() > before);
            assertThat(alone.receivedBy.getLast()).isEqualTo(engine);
        }
    }
}
