package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vhost-user end and a virtio-user end in two processes, without hugepages. */
@TestInstance(Lifecycle.PER_CLASS)
class VhostExchangeTest {
    /** Packets of the long test, both directions together. */
    private static final String SOAK = "remora.soak.packets";

    private static final int NEW_SOCKETS = 16;

    private static final String SUPER = " rx=TCP_LRO,TCP_CKSUM,SCATTER tx=TCP_TSO,TCP_CKSUM";

    private Path folder;
    private Pair pair;
    private int sockets;

    @BeforeAll
    void start() {
        Machine.needsDpdk();
        folder = Machine.folder();
        pair = Pair.start(Pair.EAL);
    }

    @AfterEach
    void reset() {
        pair.reset();
    }

    @AfterAll
    void end() {
        if (pair != null) {
            pair.close();
        }
        if (folder != null) {
            Machine.delete(folder);
        }
    }

    private Pair.Ports open(String vhost, String virtio) {
        Path socket = folder.resolve("s" + sockets++);
        return pair.open(
                "device=vhost socket=" + socket + " " + vhost, "device=virtio socket=" + socket + " " + virtio);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "4,false", "4,true"})
    void framesOfAllSizesPassBothWaysInOrder(int queues, boolean packed) {
        Pair.Ports ports = open("queues=" + queues, "queues=" + queues + " packed=" + packed);
        ports.exchange(2_000, queues, "least=60 most=1514");
        ports.close();
    }

    @Test
    void framesPassWithoutRegisteredThreads() {
        Pair.Ports ports = open("", "");
        ports.exchange(2_000, 1, "registered=false");
        ports.close();
    }

    @Test
    void framesPassWithoutTsoNegotiated() {
        Pair.Ports ports = open("tso=false", "");
        ports.exchange(2_000, 1, "");
        ports.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chainsOfManyMbufsPass(boolean packed) {
        Pair.Ports ports = open("", "packed=" + packed);
        ports.exchange(2_000, 1, "segments=32");
        ports.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void superPacketsAreCarriedWhole(boolean packed) {
        Pair.Ports ports = open("pool=8191", SUPER + " pool=8191 packed=" + packed);
        Pair.Counts counts = ports.exchange(300, 1, "least=2000 most=65549 segments=32 mss=1400");
        for (Words side : List.of(counts.a(), counts.b())) {
            assertThat(side.number("merged")).as("with the LRO flag, " + side).isEqualTo(300);
            assertThat(side.number("mssRight"))
                    .as("with the sender's MSS, " + side)
                    .isEqualTo(300);
            assertThat(side.number("checksumGood") + side.number("checksumOmitted"))
                    .as("not to be checked again, " + side)
                    .isEqualTo(300);
            assertThat(side.number("segmentsMost")).as(side.toString()).isGreaterThanOrEqualTo(32);
        }
        ports.close();
    }

    @Test
    void frameOverMtuIsRefusedAndStaysTheCallers() {
        Pair.Ports ports = open("", SUPER);
        String tooLong = " segments=2 hex=" + HexFormat.of().formatHex(new byte[1_523]);
        for (PeerHandle peer : List.of(pair.a(), pair.b())) {
            String port = peer == pair.a() ? ports.a() : ports.b();
            List<String> said = new ArrayList<>();
            peer.tell("emit port=" + port + tooLong);
            Words refused = peer.expect("emission", said);
            assertThat(refused.text("sent")).isEqualTo("false");
            assertThat(refused.text("held")).isEqualTo("true");
            assertThat(refused.text("intact")).isEqualTo("true");
            assertThat(said).anyMatch(line -> line.startsWith("refusal ") && line.contains("1523 bytes"));
        }
        ports.exchange(100, 1, "");
        ports.close();
    }

    /** DPDK's thread alone would find a new socket after half a second in the mean. */
    @Test
    void newSocketIsServedAtOnce() {
        long beganNs = System.nanoTime();
        for (int i = 0; i < NEW_SOCKETS; i++) {
            open("", "").close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - beganNs))
                .as("the opening of %d links", NEW_SOCKETS)
                .isLessThan(Duration.ofMillis(NEW_SOCKETS * 250));
    }

    @Test
    void noMbufIsLostOverManyPackets() {
        long packets = Long.getLong(SOAK, 300_000);
        Pair.Ports ports = open("", "");
        ports.exchange(packets / 2, 1, "");
        assertThat(pair.a().ask("statistics port=" + ports.a(), "statistics").large("rxPackets"))
                .isEqualTo(packets / 2);
        ports.close();
    }
}
