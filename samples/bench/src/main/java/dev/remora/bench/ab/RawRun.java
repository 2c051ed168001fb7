package dev.remora.bench.ab;

import dev.remora.bench.ab.child.Sampled;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.load.LoadRecord;
import java.util.List;

/**
 * What one run of one side brought, before it is made into a result.
 *
 * @param samples of all its processes
 * @param seconds of the machine, one per second of the measured time
 * @param busyNs CPU time of the whole machine in the measured time, without what keeps it awake
 * @param stealPercent of the machine
 * @param foreignPercent what others used of the machine just before
 * @param drops of the switch
 */
record RawRun(
        Side side,
        String workload,
        double callsPerSecond,
        int round,
        LoadRecord load,
        List<Sampled> samples,
        List<MachineSecond> seconds,
        double busyNs,
        double idlePercent,
        double stealPercent,
        double foreignPercent,
        long drops) {}
