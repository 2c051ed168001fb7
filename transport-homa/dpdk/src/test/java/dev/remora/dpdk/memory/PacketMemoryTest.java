package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.dpdk.ChildJvm;
import dev.remora.dpdk.Dpdk;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything about pools, caches and mbufs that needs DPDK running: one process runs all, each check is reported. */
class PacketMemoryTest {
    @TestFactory
    Stream<DynamicTest> inAProcessOfItsOwn() {
        assumeTrue(Dpdk.isAvailable(), "DPDK is not installed");
        // The compiler that programs run with: what is not allocated depends on it.
        List<String> flags = List.of("-XX:TieredStopAtLevel=4");
        ChildJvm.Result result;
        try (ChildJvm child =
                ChildJvm.start(List.of(), flags, System.getProperty("java.class.path"), MemoryProgram.class)) {
            result = child.await();
        }
        List<String> lines = result.stdout().lines().toList();
        Stream<DynamicTest> checks = MemoryProgram.checks().keySet().stream()
                .flatMap(name -> Stream.of(name + MemoryProgram.REGISTERED, name + MemoryProgram.PLAIN))
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> assertThat(lines)
                                .as(result.stdout() + result.stderr())
                                .contains(MemoryProgram.PASSED + name)));
        return Stream.concat(
                checks,
                Stream.of(DynamicTest.dynamicTest(
                        "the process ends well",
                        () -> assertThat(result.exitCode())
                                .as(result.stdout() + result.stderr())
                                .isZero())));
    }
}
