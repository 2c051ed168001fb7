package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the bits of the enums with the C headers, where those and a compiler are installed. */
class OffloadBitsTest {
    private static final Path HEADERS = Path.of("/usr/include/dpdk");

    @TempDir
    Path folder;

    @Test
    void theBitsAreThoseOfTheHeaders() throws Exception {
        assumeTrue(
                Files.exists(HEADERS.resolve("rte_ethdev.h")),
                "NOT CHECKED: DPDK's headers are not in " + HEADERS + " (apt-get install libdpdk-dev)");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "NOT CHECKED: there is no gcc (apt-get install gcc)");
        Map<String, Long> ours = new LinkedHashMap<>();
        for (RxOffload each : RxOffload.values()) {
            ours.put(each.dpdkName(), each.mask());
        }
        for (TxOffload each : TxOffload.values()) {
            ours.put(each.dpdkName(), each.mask());
        }
        for (RssHash each : RssHash.values()) {
            ours.put(each.dpdkName(), each.mask());
        }
        ours.put("RTE_MBUF_F_TX_OFFLOAD_MASK", TxQueue.OFFLOADS);
        ours.put("RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG", TxQueue.CUT);
        assertThat(valuesInC(ours)).isEqualTo(ours);
    }

    private Map<String, Long> valuesInC(Map<String, Long> names) throws IOException, InterruptedException {
        String lines = names.keySet().stream()
                .map(name -> "printf(\"%llu %s\\n\", (unsigned long long)(" + name + "), \"" + name + "\");")
                .collect(Collectors.joining("\n"));
        Path source = folder.resolve("bits.c");
        Files.writeString(
                source,
                "#include <stdio.h>\n#include <rte_ethdev.h>\n#include <rte_mbuf_core.h>\nint main(void) {\n" + lines
                        + "\nreturn 0;\n}\n");
        Path program = folder.resolve("bits");
        run(
                "/usr/bin/gcc",
                "-w",
                "-O0",
                "-march=native",
                "-include",
                "rte_config.h",
                "-I" + HEADERS,
                "-I/usr/include/x86_64-linux-gnu/dpdk",
                "-I/usr/include/aarch64-linux-gnu/dpdk",
                source.toString(),
                "-o",
                program.toString(),
                "-Wl,--unresolved-symbols=ignore-all");
        Map<String, Long> values = new LinkedHashMap<>();
        run(program.toString()).lines().forEach(line -> {
            int space = line.indexOf(' ');
            values.put(line.substring(space + 1), Long.parseUnsignedLong(line.substring(0, space)));
        });
        return values;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
