package dev.remora.runtime.attempt;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.resilience.RetryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A call that was sent once, as the whole of the call, and has failed: what others need to go on with it, or to end it.
 *
 * @param retry how it may be retried
 * @param served the call that is being served, if any
 * @param listener of the caller; has heard nothing yet
 * @param headers that the caller gave, without those of the options
 * @param deadline of the whole call
 * @param startNs on the {@link System#nanoTime} scale
 * @param tried where it was sent
 * @param requestBytes size of the message, {@link dev.remora.runtime.metrics.MethodMetrics#NO_MESSAGE} if it was not written
 * @param status what it failed with
 * @param responseHeaders that came with the failure
 * @param trailers that came with the failure
 * @param endNs when it failed
 */
public record FailedCall<Q, R>(
        MethodDescriptor<Q, R> method,
        CallOptions options,
        RetryPolicy retry,
        @Nullable CallContext served,
        ClientCall.Listener<R> listener,
        Metadata headers,
        Q request,
        @Nullable Deadline deadline,
        long startNs,
        TriedPeers tried,
        int requestBytes,
        Status status,
        Metadata responseHeaders,
        Metadata trailers,
        long endNs) {}
