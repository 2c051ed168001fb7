package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What one end does when the other is killed in the middle of the traffic. */
class VhostCrashTest {
    private static void kill(PeerHandle peer) throws InterruptedException {
        peer.process().destroyForcibly();
        assertThat(peer.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(peer.process().exitValue()).isEqualTo(128 + 9);
    }

    private static String open(String device, Path folder) {
        return "open device=" + device + " socket=" + folder + "/s"
                + (device.equals("virtio") ? " rx=TCP_LRO,TCP_CKSUM,SCATTER tx=TCP_TSO,TCP_CKSUM" : "");
    }

    @Test
    void vhostGoesOnWhenVirtioIsKilledAndComesAgain() throws InterruptedException {
        Machine.needsDpdk();
        Path folder = Machine.folder();
        try (PeerHandle vhost = PeerHandle.start(Pair.EAL)) {
            vhost.ask(open("vhost", folder), "opened");
            vhost.ask("echo port=net_vhost0", "echoing");
            String port = "exchange port=net_virtio_user0 loop=true window=";
            // With small frames and with super-packets in flight.
            for (String load : new String[] {"256 seed=1", "16 seed=2 least=2000 most=60000 segments=32 mss=1400"}) {
                try (PeerHandle virtio = PeerHandle.start(Pair.EAL)) {
                    virtio.ask(open("virtio", folder), "opened");
                    virtio.tell(port + load + " count=1000000000 tell=1000");
                    virtio.expect("progress");
                    kill(virtio);
                }
            }
            try (PeerHandle virtio = PeerHandle.start(Pair.EAL)) {
                virtio.ask(open("virtio", folder), "opened");
                Words result = virtio.ask(port + "64 seed=3 count=2000", "exchanged");
                assertThat(result.number("received")).isEqualTo(2_000);
                assertThat(result.number("lost") + result.number("disordered") + result.number("corrupt"))
                        .isZero();
                virtio.closePort("net_virtio_user0");
                virtio.quit();
            }
            assertThat(vhost.ask("stop", "echoed").number("frames")).isGreaterThanOrEqualTo(4_000);
            vhost.closePort("net_vhost0");
            vhost.quit();
        } finally {
            Machine.delete(folder);
        }
    }

    @Test
    void virtioOutlivesVhost() throws InterruptedException {
        Machine.needsDpdk();
        Path folder = Machine.folder();
        try (PeerHandle vhost = PeerHandle.start(Pair.EAL);
                PeerHandle virtio = PeerHandle.start(Pair.EAL)) {
            vhost.ask(open("vhost", folder), "opened");
            vhost.ask("echo port=net_vhost0", "echoing");
            virtio.ask(open("virtio", folder), "opened");
            virtio.tell(
                    "exchange port=net_virtio_user0 loop=true window=64 seed=1 count=1000000000 tell=1000 stall=300");
            virtio.expect("progress");
            kill(vhost);
            virtio.expectFailure("nothing moves");
            virtio.closePort("net_virtio_user0");
            virtio.quit();
        } finally {
            Machine.delete(folder);
        }
    }
}
