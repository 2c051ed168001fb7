package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Two ends of a memif link. In processes of their own, as 22.11's driver does not survive every end of its peer. */
class MemifExchangeTest {
    @Test
    void framesOfAllSizesPassBothWaysInOrder() {
        Machine.needsDpdk();
        Path folder = Machine.folder();
        try (Pair pair = Pair.start(Pair.EAL)) {
            // A client that comes before its server is refused, and can try again.
            pair.b().tell("open device=memif up=true retry=true socket=" + folder + "/m");
            assertThat(pair.b().expectLine("waiting", new ArrayList<>()))
                    .contains(
                            "DeviceNotReadyException",
                            "nobody listens at the socket " + folder + "/m yet",
                            "the memif server must come first");
            pair.a().ask("open device=memif server=true up=true socket=" + folder + "/m", "opened");
            pair.b().expect("opened");
            Pair.Ports ports = new Pair.Ports(pair, "net_memif0", "net_memif0");
            ports.exchange(2_000, 1, "");
            ports.exchange(1_000, 1, "segments=8");
            ports.close();
            pair.quit();
        } finally {
            Machine.delete(folder);
        }
    }
}
