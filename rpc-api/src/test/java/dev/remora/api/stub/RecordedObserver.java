package dev.remora.api.stub;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what it was told. */
final class RecordedObserver implements StreamObserver<String> {
    final List<String> events = new CopyOnWriteArrayList<>();
    volatile @Nullable Throwable failure;

    @Override
    public void onNext(String message) {
        events.add(message);
    }

    @Override
    public void onError(Throwable e) {
        failure = e;
        events.add("<error>");
    }

    @Override
    public void onCompleted() {
        events.add("<end>");
    }
}
