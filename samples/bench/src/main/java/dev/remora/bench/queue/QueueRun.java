package dev.remora.bench.queue;

import com.google.protobuf.ByteString;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.load.Call;
import dev.remora.bench.load.LoadPlan;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.load.OpenLoop;
import dev.remora.bench.load.Slowdown;
import dev.remora.bench.load.UnloadedTimes;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.proto.WorkRequest;
import dev.remora.bench.proto.WorkRpc;
import dev.remora.bench.queue.QueueResult.Times;
import dev.remora.bench.work.WorkOutcome;
import dev.remora.bench.work.WorkServer;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.tcp.TcpTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A plan over TCP, with the server in a process of its own and calls by the clock. */
final class QueueRun {
    private static final int SERVER_HEAP_MB = 512;
    private static final int MAX_OUTSTANDING = 100_000;
    /** A message's length in the denominator of a slowdown is time on a link, of so many Mbit/s. */
    private static final double MBPS = 8;

    private QueueRun() {}

    static QueueResult run(QueuePlan plan, Duration warmUp, Duration measured)
            throws IOException, ChildFailure, InterruptedException {
        try (WorkServer server = WorkServer.start(
                        "server",
                        SERVER_HEAP_MB,
                        QueueChild.class,
                        List.of(
                                plan.order(),
                                Integer.toString(plan.places()),
                                Integer.toString(plan.maxWaiting()),
                                Double.toString(plan.work().baseUs()),
                                Double.toString(plan.work().usPerByte())));
                TcpTransport transport = TcpTransport.builder().build();
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(server.address())
                        .policies(CallPolicies.of(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE)))
                        .build()) {
            LoadPlan load = LoadPlan.of(plan.sizes(), plan.callsPerSecond(), measured)
                    .withSeed(plan.seed())
                    .withWarmUp(warmUp)
                    .withMaxOutstanding(MAX_OUTSTANDING)
                    .withResponseBytes(1);
            return result(plan, OpenLoop.run(call(channel, plan), load));
        }
    }

    private static Call call(RemoraChannel channel, QueuePlan plan) {
        WorkRpc.CallbackStub plain = WorkRpc.callbackStub(channel);
        WorkRpc.CallbackStub stub =
                plan.timeoutMs() == 0 ? plain : plain.withTimeout(Duration.ofMillis(plan.timeoutMs()));
        ByteString payload = ByteString.copyFrom(new byte[QueuePlan.MAX_BYTES]);
        return (target, requestBytes, responseBytes, outcome) -> stub.perform(
                WorkRequest.newBuilder()
                        .setPayload(payload.substring(0, requestBytes))
                        .build(),
                new WorkOutcome(outcome, () -> {}));
    }

    private static QueueResult result(QueuePlan plan, LoadRecord record) {
        Slowdown slowdown =
                new Slowdown(record, plan.work().baseUs(), MBPS / plan.work().usPerByte(), UnloadedTimes.unknown());
        return new QueueResult(
                plan.order(),
                plan.load(),
                record.totals().due(),
                record.totals().calls(),
                times(slowdown.shortest50()),
                times(slowdown.largest10()),
                times(slowdown.all()));
    }

    private static Times times(Group group) {
        return new Times(
                group.slowdownMean(),
                group.slowdownP50(),
                group.slowdownP99(),
                group.p50Us() / 1e3,
                group.p99Us() / 1e3);
    }
}
