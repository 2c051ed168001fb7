package dev.remora.api;

/** Holds the binding, so that interface fields of {@link CallContext} do not expose it. */
final class CurrentCall {
    static final ScopedValue<CallContext> VALUE = ScopedValue.newInstance();

    private CurrentCall() {}
}
