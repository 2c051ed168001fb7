package dev.remora.bench.hedge;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import dev.remora.bench.load.Call;
import dev.remora.bench.load.LoadPlan;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.load.OpenLoop;
import dev.remora.bench.load.SizeDistribution;
import dev.remora.bench.proto.WorkRequest;
import dev.remora.bench.proto.WorkRpc;
import dev.remora.bench.work.WorkOutcome;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.Endpoint;
import dev.remora.tcp.TcpTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;

/** Calls by the clock to several servers with one policy. */
final class HedgeRun {
    private static final long LONGEST_US = 60_000_000;
    private static final double US_PER_MS = 1e3;

    private final MetricRegistry registry = new MetricRegistry();
    private final ConcurrentHistogram latencyUs = new ConcurrentHistogram(LONGEST_US, 3);
    private final AtomicInteger started = new AtomicInteger();
    private final int skipped;

    private HedgeRun(int skipped) {
        this.skipped = skipped;
    }

    /**
     * Runs it.
     *
     * @param name of the policy
     * @param warmUp calls that do not count in the latencies; they do in the shares
     */
    static HedgeResult run(
            String name,
            HedgePolicy policy,
            List<Endpoint> servers,
            double callsPerSecond,
            Duration warmUp,
            Duration measured)
            throws InterruptedException {
        HedgeRun run = new HedgeRun((int) (callsPerSecond * warmUp.toMillis() / 1e3));
        try (TcpTransport transport = TcpTransport.builder().build()) {
            RemoraChannel.Builder builder = RemoraChannel.builder(transport)
                    .metrics(new RpcMetrics(run.registry))
                    .policies(CallPolicies.of(
                            CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE).withHedge(policy)));
            servers.forEach(builder::target);
            try (RemoraChannel channel = builder.build()) {
                LoadPlan plan = LoadPlan.of(SizeDistribution.fixed(1), callsPerSecond, warmUp.plus(measured));
                return run.result(name, OpenLoop.run(run.call(WorkRpc.callbackStub(channel)), plan));
            }
        }
    }

    private Call call(WorkRpc.CallbackStub stub) {
        return (target, requestBytes, responseBytes, outcome) -> {
            boolean counts = started.incrementAndGet() > skipped;
            long startNs = System.nanoTime();
            stub.perform(WorkRequest.getDefaultInstance(), new WorkOutcome(outcome, () -> {
                if (counts) {
                    latencyUs.recordValue(Math.min(LONGEST_US, (System.nanoTime() - startNs) / 1000));
                }
            }));
        };
    }

    private HedgeResult result(String name, LoadRecord record) {
        double calls = Math.max(1, record.totals().due());
        return new HedgeResult(
                name,
                record.totals().due(),
                record.totals().failures() + record.totals().unfinished(),
                ms(50),
                ms(95),
                ms(99),
                ms(99.9),
                count(CallEvent.HEDGE) / calls,
                count(CallEvent.HEDGE_WIN) / calls,
                count(CallEvent.BUDGET_EXHAUSTED) / calls);
    }

    private double ms(double percentile) {
        return latencyUs.getValueAtPercentile(percentile) / US_PER_MS;
    }

    private double count(CallEvent event) {
        Counter counter = registry.getCounters().get("remora.client.remora.bench.Work/Perform." + event.word());
        return counter == null ? 0 : counter.getCount();
    }
}
