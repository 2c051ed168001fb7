package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same link with the most and the least a process can have: hugepages, or no right at all. */
class VhostPrivilegeTest {
    private static void exchange(Pair pair, Path folder) {
        Pair.Ports ports = pair.open(
                "device=vhost queues=2 socket=" + folder + "/s",
                "device=virtio queues=2 socket=" + folder + "/s rx=TCP_LRO,TCP_CKSUM,SCATTER tx=TCP_TSO,TCP_CKSUM");
        ports.exchange(2_000, 2, "");
        ports.exchange(100, 2, "least=2000 most=60000 segments=32 mss=1400");
        ports.close();
        pair.quit();
    }

    @Test
    void ordinaryUserWithoutHugepages() {
        Machine.needsDpdk();
        Path folder = Machine.folder();
        try {
            List<String> prefix = Machine.asOrdinaryUser(folder);
            String classPath = Machine.readableClassPath(folder);
            try (Pair pair = Pair.start(prefix, prefix, classPath, Pair.EAL)) {
                assertThat(Machine.run(
                                        "ps",
                                        "-o",
                                        "uid=",
                                        "-p",
                                        pair.a().ready().text("pid"))
                                .text()
                                .strip())
                        .isEqualTo("65534");
                exchange(pair, folder);
            }
        } finally {
            Machine.delete(folder);
        }
    }

    @Test
    void rootWithHugepages() {
        Machine.needsDpdk();
        Path folder = Machine.folder();
        // Twice 96 MB, and a few pages that a fragmented pool may need.
        try (var _ = new Machine.Hugepages(2 * 96 + 16);
                Pair pair = Pair.start("eal memory=96 hugepages=REQUIRED")) {
            assertThat(pair.a().ready().text("hugepages")).isEqualTo("true");
            assertThat(pair.b().ready().text("hugepages")).isEqualTo("true");
            exchange(pair, folder);
        } finally {
            Machine.delete(folder);
        }
    }
}
