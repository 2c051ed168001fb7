package dev.remora.runtime.admission;

import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.MethodMetrics;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Two fixed bounds and nothing else: what comes beyond them is refused at once. */
final class FixedAdmission implements Admission {
    private final int maxConcurrentCalls;
    private final long maxBytes;
    private final MethodValues policies;
    private final Refusal tooMany;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    FixedAdmission(AdmissionConfig config, MethodValues policies) {
        this(
                config.maxConcurrentCalls(),
                config.maxBytes(),
                policies,
                "the server has " + config.maxConcurrentCalls() + " calls in progress, as many as remora.server."
                        + ServerSettings.MAX_CONCURRENT_CALLS.name() + " allows");
    }

    /** @param tooManyCalls what a call is told that comes when there are as many */
    FixedAdmission(int maxConcurrentCalls, long maxBytes, MethodValues policies, String tooManyCalls) {
        this.maxConcurrentCalls = maxConcurrentCalls;
        this.maxBytes = maxBytes;
        this.policies = policies;
        tooMany = new Refusal(Refusal.Kind.CONCURRENCY, tooManyCalls, 0);
    }

    static Refusal tooManyBytes(long maxBytes, long pushBackNs) {
        return new Refusal(
                Refusal.Kind.BYTES,
                "the server has no room for the request: it holds as many bytes of requests in progress as remora.server."
                        + AdmissionSettings.MAX_BYTES_IN_PROGRESS.name() + " allows, which is " + maxBytes,
                pushBackNs);
    }

    @Override
    public Lane lane(String fullName, MethodMetrics metrics) {
        return new Lane(
                Integer.MAX_VALUE,
                Admission.defaultCriticality(policies.of(fullName).values()),
                metrics,
                new WaitingCalls(false));
    }

    @Override
    public void offer(Candidate call) {
        if (inProgress.incrementAndGet() > maxConcurrentCalls) {
            inProgress.decrementAndGet();
            refuse(call, tooMany);
        } else if (bytes.addAndGet(call.bytes()) > maxBytes) {
            done(call);
            refuse(call, tooManyBytes(maxBytes, 0));
        } else {
            call.watch();
            call.start();
        }
    }

    private static void refuse(Candidate call, Refusal refusal) {
        call.lane().metrics().happened(refusal.kind().event());
        call.refuse(refusal);
    }

    @Override
    public void done(Candidate call) {
        inProgress.decrementAndGet();
        bytes.addAndGet(-call.bytes());
    }

    @Override
    public boolean withdraw(Candidate call) {
        return false;
    }

    @Override
    public int limit() {
        return maxConcurrentCalls;
    }

    @Override
    public int inProgress() {
        return inProgress.get();
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public long bytes() {
        return bytes.get();
    }
}
