package dev.remora.bench.work;

import dev.remora.api.stub.StreamObserver;
import dev.remora.bench.load.Outcome;
import dev.remora.bench.proto.WorkResponse;

/**
 * Tells the load generator how a call to a {@link WorkServer} ended.
 *
 * @param answered runs before, if it was answered
 */
public record WorkOutcome(Outcome outcome, Runnable answered) implements StreamObserver<WorkResponse> {
    @Override
    public void onNext(WorkResponse response) {}

    @Override
    public void onError(Throwable failure) {
        outcome.failed(failure);
    }

    @Override
    public void onCompleted() {
        answered.run();
        outcome.succeeded();
    }
}
