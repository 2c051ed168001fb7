package dev.remora.homa.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.port.Port;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SharedEalTest {
    private static final EalConfig CONFIG =
            EalConfig.builder().memoryMb(512).hugepages(HugepagePolicy.NONE).build();

    @Test
    void thePortBeyondTheLastIsRefusedWithAReason() {
        Assumptions.assumeTrue(Dpdk.isAvailable(), "DPDK is not installed");
        Eal eal = SharedEal.get(CONFIG);
        assertThat(SharedEal.get(CONFIG)).isSameAs(eal);
        List<Port> ports = new ArrayList<>();
        try {
            while (eal.ports().size() < SharedEal.MAX_PORTS) {
                ports.add(SharedEal.attach(eal, device()));
            }
            assertThatThrownBy(() -> SharedEal.attach(eal, device()))
                    .isInstanceOf(DpdkException.class)
                    .hasMessageContaining("has 32 DPDK ports")
                    .hasMessageContaining("spread the work over more processes");
        } finally {
            ports.forEach(eal::detach);
        }
        // And one that was given back can be taken again.
        eal.detach(SharedEal.attach(eal, device()));
    }

    private static NullDevice device() {
        return NullDevice.sink().withName(SharedEal.deviceName("net_null"));
    }
}
