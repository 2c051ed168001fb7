package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.dpdk.ChildJvm;
import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.RingDevice;
import dev.remora.dpdk.device.VhostDevice;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports and queues with DPDK running, each program in a process of its own. */
class PortTest {
    @TempDir
    Path folder;

    @Test
    void aLoopInTheProcess() {
        assumeDrivers(RingDevice.loop(), NullDevice.sink());
        holds(RingProgram.class);
    }

    @Test
    void bothEndsOfAVhostUserLink() {
        Path socket = folder.resolve("s");
        assumeDrivers(VhostDevice.at(socket));
        holds(VhostProgram.class, socket.toString());
    }

    @Test
    void newVhostDevicesAnswerAtOnce() {
        assumeDrivers(VhostDevice.at(folder.resolve("s")));
        holds(VhostEventsProgram.class, folder.toString());
    }

    private static void assumeDrivers(DeviceConfig... devices) {
        assumeTrue(Dpdk.isAvailable(), "NOT CHECKED: DPDK is not installed");
        for (DeviceConfig device : devices) {
            assumeTrue(device.obstacles().isEmpty(), () -> "NOT CHECKED: " + device.obstacles());
        }
    }

    private static void holds(Class<?> program, String... args) {
        // The compiler that programs run with: what is not allocated depends on it.
        List<String> flags = List.of("-XX:TieredStopAtLevel=4");
        try (ChildJvm child = ChildJvm.start(List.of(), flags, System.getProperty("java.class.path"), program, args)) {
            ChildJvm.Result result = child.await();
            assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
            assertThat(result.stdout()).contains("all holds");
        }
    }
}
