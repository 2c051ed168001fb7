package dev.remora.runtime.attempt;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.resilience.RetryPolicy;
import org.jspecify.annotations.Nullable;

/** Where single attempts start: the channel below retries and hedging. For any thread. */
public interface AttemptChannel {
    /**
     * A call that is sent once.
     *
     * @param served the call that is being served, whose deadline and cancellation hold; null if none, or if somebody else
     *     sees to that
     * @param attempt which attempt of a call it is; null if it is the whole call
     * @param retry how the whole call is retried if it fails, by {@link MethodResilience#goOn}; null if it is not, or not by
     *     the attempt itself
     */
    <Q, R> ClientCall<Q, R> newCall(
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext served,
            @Nullable Attempt attempt,
            @Nullable RetryPolicy retry);

    /** Whether there is a server that takes calls and is not among these. */
    boolean hasOthers(TriedPeers tried);
}
