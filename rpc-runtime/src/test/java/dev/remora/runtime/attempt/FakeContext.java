package dev.remora.runtime.attempt;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call being served, in a test's hands. */
final class FakeContext implements CallContext {
    private final Metadata metadata;
    private final @Nullable Deadline deadline;
    final List<Runnable> waiting = new ArrayList<>();
    private boolean cancelled;

    FakeContext(Metadata metadata, @Nullable Deadline deadline) {
        this.metadata = metadata;
        this.deadline = deadline;
    }

    void cancel() {
        cancelled = true;
        List.copyOf(waiting).forEach(Runnable::run);
    }

    @Override
    public MethodDescriptor<?, ?> method() {
        return ResilienceRig.METHOD;
    }

    @Override
    public Metadata requestMetadata() {
        return metadata;
    }

    @Override
    public @Nullable Deadline deadline() {
        return deadline;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public Registration onCancel(Runnable action) {
        if (cancelled) {
            action.run();
            return () -> {};
        }
        waiting.add(action);
        return () -> waiting.remove(action);
    }

    @Override
    public String peer() {
        return "test";
    }

    @Override
    public void addResponseMetadata(Metadata more) {}
}
