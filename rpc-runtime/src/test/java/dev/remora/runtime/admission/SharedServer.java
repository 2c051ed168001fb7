package dev.remora.runtime.admission;

import dev.remora.api.Criticality;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * A simulated server whose handlers share some CPUs: as long as fewer run each has one for itself, more slow each other down.
 * Calls come at random times, and each has a deadline.
 */
final class SharedServer {
    private static final long STEP_NS = 100_000;

    private final ManualTime time = new ManualTime(0);
    private final Random random;
    private final double cpus;
    private final double workNs;
    private final long timeoutNs;
    private final Admission admission;
    private final Lane lane;
    private final List<Work> running = new ArrayList<>();
    int ended;
    int endedInTime;
    int refused;
    int peak;

    SharedServer(long seed, double cpus, double workMs, long timeoutMs, UnaryOperator<DefaultValues> settings) {
        random = new Random(seed);
        this.cpus = cpus;
        workNs = workMs * 1e6;
        timeoutNs = timeoutMs * 1_000_000;
        DefaultValues values = settings.apply(DefaultValues.of(ServerSettings.ALL));
        admission = Admission.of(values, MethodValues.uniform(values), time, ns -> {});
        lane = admission.lane("test.Text/Echo", MethodMetrics.None.NONE);
    }

    private final class Work extends Candidate {
        private final long deadlineNs;
        private double leftNs;

        Work(long deadlineNs) {
            super(lane, 1, Criticality.CRITICAL, true, deadlineNs);
            this.deadlineNs = deadlineNs;
            leftNs = -Math.log(1 - random.nextDouble()) * workNs;
        }

        @Override
        protected void watch() {}

        @Override
        protected void start() {
            running.add(this);
            peak = Math.max(peak, running.size());
        }

        @Override
        protected void refuse(Refusal refusal) {
            refused++;
        }

        @Override
        protected boolean isCancelled() {
            return false;
        }

        @Override
        protected void leave() {}

        @Override
        protected boolean canWait() {
            return true;
        }
    }

    /** Lets calls come for a while and work be done; counters begin at 0. */
    void run(long ms, double callsPerMs) {
        ended = 0;
        endedInTime = 0;
        refused = 0;
        peak = 0;
        double untilNextNs = 0;
        for (long now = 0; now < ms * 1_000_000; now += STEP_NS) {
            untilNextNs -= STEP_NS;
            while (untilNextNs < 0) {
                admission.offer(new Work(time.nowNs() + timeoutNs));
                untilNextNs += -Math.log(1 - random.nextDouble()) / callsPerMs * 1e6;
            }
            work();
            time.advanceNs(STEP_NS);
        }
    }

    private void work() {
        double share = Math.min(1, cpus / Math.max(1, running.size())) * STEP_NS;
        List<Work> done = new ArrayList<>();
        for (Work work : running) {
            work.leftNs -= share;
            if (work.leftNs <= 0) {
                done.add(work);
            }
        }
        for (Work work : done) {
            running.remove(work);
            ended++;
            endedInTime += time.nowNs() <= work.deadlineNs ? 1 : 0;
            admission.done(work);
        }
    }

    int limit() {
        return admission.limit();
    }
}
