package dev.remora.bench.ab;

import dev.remora.bench.process.Awake;
import dev.remora.bench.process.CpuTimes;
import dev.remora.bench.process.Machine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the machine does while a run is measured, second by second, on the thread of the run. */
final class MachineWatch {
    private static final double NS_PER_S = 1e9;

    private final Awake awake;
    private final List<MachineSecond> seconds = new ArrayList<>();
    private CpuTimes from = CpuTimes.UNKNOWN;
    private CpuTimes to = CpuTimes.UNKNOWN;
    private long awakeFromNs;
    private long awakeToNs;
    private long elapsedNs;

    MachineWatch(Awake awake) {
        this.awake = awake;
    }

    /** Share of the machine that is used between now and then, in percent, without what keeps it awake. */
    double busyPercentUntil(long epochNs) throws InterruptedException {
        begin();
        sleepUntil(epochNs);
        end();
        return 100 - idlePercent();
    }

    /** Watches the measured time. */
    void watch(long fromEpochNs, int count) throws InterruptedException {
        sleepUntil(fromEpochNs);
        seconds.clear();
        begin();
        CpuTimes before = from;
        long awakeBeforeNs = awakeFromNs;
        for (int i = 1; i <= count; i++) {
            sleepUntil(fromEpochNs + i * 1_000_000_000L);
            end();
            seconds.add(new MachineSecond(busyPercent(to.since(before), awakeToNs - awakeBeforeNs)));
            before = to;
            awakeBeforeNs = awakeToNs;
        }
    }

    private void begin() {
        elapsedNs = -System.nanoTime();
        awakeFromNs = awake.cpuNs();
        from = CpuTimes.now();
    }

    private void end() {
        to = CpuTimes.now();
        awakeToNs = awake.cpuNs();
        elapsedNs = elapsedNs < 0 ? elapsedNs + System.nanoTime() : elapsedNs;
    }

    List<MachineSecond> seconds() {
        return List.copyOf(seconds);
    }

    double idlePercent() {
        return 100 - busyPercent(to.since(from), awakeToNs - awakeFromNs);
    }

    double stealPercent() {
        return to.since(from).stealPercent();
    }

    /** CPU time used by all but what keeps the machine awake. */
    double busyNs() {
        CpuTimes spent = to.since(from);
        double ticks = Math.max(1, spent.total());
        // The kernel's tick follows from what all cores have together in a second.
        double seconds = this.seconds.isEmpty() ? elapsedNs / NS_PER_S : this.seconds.size();
        double nsPerTick = seconds * NS_PER_S * Machine.onlineCores() / ticks;
        return Math.max(0, spent.busy() * nsPerTick - (awakeToNs - awakeFromNs));
    }

    private static double busyPercent(CpuTimes spent, long awakeNs) {
        if (spent.total() == 0) {
            return 0;
        }
        // 10 ms is what a tick of /proc/stat is.
        double awakeTicks = awakeNs / 1e7;
        return Math.max(0, 100.0 * (spent.busy() - awakeTicks) / spent.total());
    }

    static long epochNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static void sleepUntil(long epochNs) throws InterruptedException {
        long leftNs = epochNs - epochNs();
        if (leftNs > 0) {
            Thread.sleep(leftNs / 1_000_000, (int) (leftNs % 1_000_000));
        }
    }
}
