package dev.remora.cli;

import dev.remora.homa.sim.fault.CampaignResult;
import dev.remora.homa.sim.fault.FaultCampaign;
import java.io.PrintWriter;

/** Runs the simulator's fault campaign and says what it found. */
final class SimFaults {
    private SimFaults() {}

    /** Returns 0 when every run kept the protocol's promises. */
    static int run(PrintWriter out, PrintWriter err, long firstSeed, int runs, int shards) {
        long startNs = System.nanoTime();
        CampaignResult result;
        try (ProgressBar bar = new ProgressBar(err)) {
            result = FaultCampaign.run(
                    firstSeed,
                    runs,
                    shards,
                    (done, all, last) -> bar.onProgress((double) done / all, "runs with faults"));
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        out.printf(
                "%,d runs from seed %d: %,d RPCs, %,d responses, %,d packets in %.1f s%n",
                result.runs(), firstSeed, result.rpcs(), result.responses(), result.packets(), seconds);
        result.faults().forEach((kind, count) -> out.printf("  %-24s %,12d%n", kind, count));
        result.failures().forEach(failure -> out.println("FAILED " + failure));
        out.println(result.passed() ? "every run kept the promises" : result.failedRuns() + " runs failed");
        out.flush();
        return result.passed() ? 0 : 1;
    }
}
