package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.device.PcapDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Devices that need no second process, and what a port does when it is used wrongly. */
@TestInstance(Lifecycle.PER_CLASS)
class LocalDevicesTest {
    private Path folder;
    private PeerHandle peer;

    @BeforeAll
    void start() {
        Machine.needsDpdk();
        folder = Machine.folder();
        peer = PeerHandle.start(Pair.EAL);
    }

    @AfterEach
    void reset() {
        peer.ask("reset", "fresh");
    }

    @AfterAll
    void end() {
        try {
            if (peer != null) {
                peer.quit();
            }
        } finally {
            if (peer != null) {
                peer.close();
            }
            if (folder != null) {
                Machine.delete(folder);
            }
        }
    }

    private void loop(String options) {
        Words result = peer.ask("exchange port=net_ring0 loop=true count=2000 window=256 " + options, "exchanged");
        assertThat(result.number("received")).isEqualTo(2_000);
        for (String wrong : List.of("lost", "disordered", "corrupt", "misrouted", "foreign")) {
            assertThat(result.number(wrong)).as(wrong + " in " + result).isZero();
        }
    }

    @Test
    void ringGivesBackWhatItTook() {
        peer.ask("open device=ring", "opened");
        loop("seed=1");
        loop("seed=2 registered=false");
        loop("seed=3 segments=16");
        peer.closePort("net_ring0");
    }

    @Test
    void misuseIsAnExceptionAndTheProcessGoesOn() {
        peer.ask("open device=ring", "opened");
        List<String> said = new ArrayList<>();
        peer.tell("misuse port=net_ring0");
        Words result = peer.expect("misused", said);
        assertThat(said).noneMatch(line -> line.endsWith("NOTHING"));
        assertThat(result.number("caught")).isEqualTo(result.number("cases")).isGreaterThan(30);
        assertThat(result.number("inUse")).isZero();
        for (String promised : List.of(
                "double-free",
                "free-after-send",
                "send-after-free",
                "send-twice",
                "free-tail",
                "receive-stopped",
                "receive-other-thread",
                "send-other-thread",
                "cache-of-other-thread")) {
            assertThat(said).anyMatch(line -> line.startsWith("misuse " + promised + " IllegalStateException: "));
        }
        loop("seed=4");
        peer.closePort("net_ring0");
    }

    @Test
    void nullGivesZerosAndTakesAll() {
        peer.ask("open device=null bytes=100", "opened");
        List<String> said = new ArrayList<>();
        peer.tell("sniff port=net_null0 count=32");
        assertThat(peer.expect("sniffed", said).number("bytes")).isEqualTo(3_200);
        assertThat(said).hasSize(32).containsOnly("frame hex=" + "00".repeat(100));
        Words copied = peer.ask("copy port=net_null0 count=10000", "copied");
        assertThat(peer.ask("statistics port=net_null0", "statistics").number("txPackets"))
                .isEqualTo(copied.number("count"))
                .isGreaterThanOrEqualTo(10_000);
        peer.closePort("net_null0");
    }

    @Test
    void captureFileIsReadAndOneIsWritten() throws IOException {
        Path input = folder.resolve("in.pcap");
        Path output = folder.resolve("out.pcap");
        Random random = new Random(4);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] frame = new byte[60 + random.nextInt(1_455)];
            random.nextBytes(frame);
            frames.add(frame);
        }
        Pcap.write(input, frames);
        Machine.needs(PcapDevice.of(input, output));
        peer.ask("open device=pcap input=" + input + " output=" + output, "opened");
        Words copied = peer.ask("copy port=net_pcap0 count=500", "copied");
        assertThat(copied.number("count")).isEqualTo(500);
        assertThat(copied.number("more")).as("frames after the file's end").isZero();
        peer.closePort("net_pcap0");
        assertThat(Pcap.read(output).toArray(new byte[0][])).isDeepEqualTo(frames.toArray(new byte[0][]));
    }
}
