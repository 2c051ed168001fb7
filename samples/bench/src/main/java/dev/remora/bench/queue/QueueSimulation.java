package dev.remora.bench.queue;

import dev.remora.api.Criticality;
import dev.remora.bench.queue.QueueResult.Times;
import dev.remora.runtime.admission.Admission;
import dev.remora.runtime.admission.Candidate;
import dev.remora.runtime.admission.Lane;
import dev.remora.runtime.admission.Refusal;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.metrics.MethodMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** The runtime's admission in virtual time: calls come at random times, handlers take what the model says. One seed, one run. */
final class QueueSimulation {
    /** The first calls find an empty server. */
    private static final double WARM_UP = 0.1;

    private final QueuePlan plan;
    private final int calls;
    private final VirtualTime time = new VirtualTime();
    private final Admission admission;
    private final Lane lane;
    private final SplittableRandom gaps;
    private final SplittableRandom sizes;
    private final List<Work> answered = new ArrayList<>();
    private int made;
    private int counted;

    private QueueSimulation(QueuePlan plan, int calls) {
        this.plan = plan;
        this.calls = calls;
        admission = Admission.of(plan.settings(), MethodValues.uniform(plan.settings()), time, ns -> {});
        lane = admission.lane("remora.bench.Work/Perform", MethodMetrics.None.NONE);
        SplittableRandom seeds = new SplittableRandom(plan.seed());
        gaps = seeds.split();
        sizes = seeds.split();
    }

    /** Makes so many calls, at least 1, and waits for their ends. */
    static QueueResult run(QueuePlan plan, int calls) {
        return new QueueSimulation(plan, calls).run();
    }

    private QueueResult run() {
        time.after(gapNs(), this::arrive);
        time.run();
        int half = plan.sizes().sizeAt(0.5);
        int top = plan.sizes().sizeAt(0.9);
        return new QueueResult(
                plan.order(),
                plan.load(),
                counted,
                answered.size(),
                times(answered.stream().filter(w -> w.bytes <= half).toList()),
                times(answered.stream().filter(w -> w.bytes >= top).toList()),
                times(answered));
    }

    private long gapNs() {
        return (long) (-StrictMath.log(1 - gaps.nextDouble()) / plan.callsPerSecond() * 1e9);
    }

    private void arrive() {
        Work work = new Work(plan.sizes().sizeAt(sizes.nextDouble()));
        work.counts = made >= WARM_UP * calls;
        counted += work.counts ? 1 : 0;
        made++;
        if (made < calls) {
            time.after(gapNs(), this::arrive);
        }
        admission.offer(work);
    }

    private static Times times(List<Work> works) {
        double[] slowdowns = sorted(works, w -> w.sojournNs / (double) w.serviceNs);
        double[] ms = sorted(works, w -> w.sojournNs / 1e6);
        return new Times(
                Arrays.stream(slowdowns).average().orElse(0),
                quantile(slowdowns, 0.5),
                quantile(slowdowns, 0.99),
                quantile(ms, 0.5),
                quantile(ms, 0.99));
    }

    private static double[] sorted(List<Work> works, ToDoubleFunction<Work> value) {
        return works.stream().mapToDouble(value).sorted().toArray();
    }

    private static double quantile(double[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) (q * sorted.length))];
    }

    /** One call. */
    private final class Work extends Candidate {
        private final int bytes;
        private final long dueNs = time.nowNs();
        private final long serviceNs;
        private long sojournNs;
        private boolean counts;

        Work(int bytes) {
            super(lane, bytes, Criticality.CRITICAL, plan.timeoutMs() > 0, time.nowNs() + plan.timeoutMs() * 1_000_000);
            this.bytes = bytes;
            serviceNs = plan.work().ns(bytes);
        }

        @Override
        protected void watch() {
            if (plan.timeoutMs() > 0) {
                time.after(plan.timeoutMs() * 1_000_000, this::leave);
            }
        }

        @Override
        protected void start() {
            time.after(serviceNs, this::end);
        }

        private void end() {
            sojournNs = time.nowNs() - dueNs;
            if (counts && (plan.timeoutMs() == 0 || sojournNs <= plan.timeoutMs() * 1_000_000)) {
                answered.add(this);
            }
            admission.done(this);
        }

        /** Whose deadline has passed is not waited for any more. */
        @Override
        protected void leave() {
            Object unused = admission.withdraw(this);
        }

        @Override
        protected void refuse(Refusal refusal) {}

        @Override
        protected boolean isCancelled() {
            return false;
        }

        @Override
        protected boolean canWait() {
            return true;
        }
    }
}
