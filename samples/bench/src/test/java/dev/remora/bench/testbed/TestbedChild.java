package dev.remora.bench.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that makes a testbed and waits for its end. */
final class TestbedChild {
    private TestbedChild() {}

    public static void main(String[] args) throws IOException {
        // Not closed on purpose: how it goes is what the tests are about.
        Testbed testbed = Testbed.up(new TestbedPlan(2, 200, 128_000, 1500, "reno"));
        System.out.println(testbed.hosts().getFirst().namespace());
        System.out.flush();
        int unused = System.in.read();
    }

    /** Starts one; the first line of its output is its first host's namespace. */
    static Process start() throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TestbedChild.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
