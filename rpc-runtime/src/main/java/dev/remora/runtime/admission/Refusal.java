package dev.remora.runtime.admission;

import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.runtime.metrics.CallEvent;
import java.time.Duration;

/**
 * Why a call does not come in.
 *
 * @param message for people; names the knob
 * @param pushBackNs in how many nanoseconds another attempt may fare better, 0 if that is not known
 */
public record Refusal(Kind kind, String message, long pushBackNs) {
    /** The reasons. */
    public enum Kind {
        /** As many calls in progress as may be, and no place to wait. */
        CONCURRENCY("concurrency", CallEvent.REFUSED_CONCURRENCY),
        /** As many calls of the method in progress as may be, and no place to wait. */
        METHOD("method-concurrency", CallEvent.REFUSED_METHOD),
        /** As many bytes in progress as may be. */
        BYTES("bytes", CallEvent.REFUSED_BYTES),
        /** The queue is full, and this is the call that would be served last. */
        QUEUE_FULL("queue-full", CallEvent.REFUSED_QUEUE_FULL),
        /** It cannot end before its deadline. */
        DEADLINE("deadline", CallEvent.REFUSED_DEADLINE),
        /** It has waited for as long as calls may. */
        WAIT("wait", CallEvent.REFUSED_WAIT);

        private final String word;
        private final CallEvent event;

        Kind(String word, CallEvent event) {
            this.word = word;
            this.event = event;
        }

        /** As what it is counted. */
        public CallEvent event() {
            return event;
        }
    }

    /** What tells the client that no handler has seen the call, and when to come again. */
    public Metadata trailers() {
        Metadata refused = Metadata.of(RetryMetadata.REFUSED, kind.word);
        return pushBackNs > 0 ? refused.plus(RetryMetadata.retryAfter(Duration.ofNanos(pushBackNs))) : refused;
    }
}
