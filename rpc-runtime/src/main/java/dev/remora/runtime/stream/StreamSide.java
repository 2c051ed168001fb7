package dev.remora.runtime.stream;

import dev.remora.api.Marshaller;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.StreamMetrics;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of a stream have in common: messages that come in are put into order and handed to the listener, one at a
 * time and only as many as were requested; messages that go out wait in the outbox for credit.
 *
 * <p>Whoever brings something to deliver (a response, a request for more, the end) and finds nobody delivering does it
 * himself; whoever finds somebody leaves it to him.
 *
 * @param <I> type of the messages that come in
 * @param <O> type of the messages that go out
 */
abstract class StreamSide<I, O> {
    /** Messages delivered between two looks at what else has happened. */
    private static final int RUN = 64;

    private enum Step {
        NOTHING,
        READY,
        SEND_CLOSED,
        HEADERS,
        MESSAGES,
        LAST,
        FINISH
    }

    /** Guards everything below, and the fields of subclasses that say so. */
    final Object lock = new Object();

    final Inbox inbox = new Inbox();
    final Outbox<O> outbox;
    final ReceiveWindow window;
    final StreamTally tally = new StreamTally();
    final MessageBounds bounds;
    private final Marshaller<I> incoming;
    private final StreamMetrics metrics;

    private long requested;
    private boolean listening;
    private boolean delivering;
    private boolean readyDue;
    private boolean sendClosedDue;
    private boolean finishDue;
    private @Nullable Arrived reading;
    /** What has come in and was not delivered is not wanted any more. Written with the lock held. */
    private volatile boolean dropped;

    StreamSide(
            Marshaller<I> incoming,
            Outbox<O> outbox,
            ReceiveWindow window,
            MessageBounds bounds,
            StreamMetrics metrics) {
        this.incoming = incoming;
        this.outbox = outbox;
        this.window = window;
        this.bounds = bounds;
        this.metrics = metrics;
    }

    /** The listener's; these run without the lock, one at a time. */
    abstract void deliverHeaders(Metadata headers);

    abstract void deliverMessage(I message);

    /** The peer sends nothing more. */
    abstract void deliverLast(Arrived last);

    abstract void deliverReady();

    /** Messages that are sent from now on are dropped. */
    abstract void deliverSendClosed();

    /** The last thing of all. */
    abstract void deliverFinish();

    /** A message that came in cannot be read. */
    abstract void onUnreadable(Status why);

    /** The listener failed. */
    abstract void onDeliveryFailed(Throwable failure);

    // All of the following up to deliver() with the lock held.

    /** The listener can be called from now on. */
    final void listen() {
        listening = true;
    }

    final void readyIsDue() {
        readyDue = true;
    }

    final void sendClosedIsDue() {
        sendClosedDue = true;
    }

    /** {@link #deliverFinish} shall follow when what has come in has been delivered. */
    final void finishIsDue() {
        finishDue = true;
    }

    /** Drops what was not delivered, and what still comes. */
    final void drop() {
        dropped = true;
        inbox.clear(reading);
    }

    final boolean isDropped() {
        return dropped;
    }

    /** @return whether somebody is delivering and will see to it, and to what follows from it */
    final boolean grant(int count) {
        requested = Math.min(Long.MAX_VALUE / 2, requested + count);
        return delivering;
    }

    /**
     * Takes a segment, whatever it is.
     *
     * @return what the stream must end with because of it, or null
     */
    final @Nullable Status take(Arrived segment) {
        metrics.segmentsReceived.increment();
        Status refusal = bounds.refusalToReceive(segment);
        if (refusal != null || dropped) {
            segment.release();
            return refusal;
        }
        switch (inbox.add(segment)) {
            case NEW -> {
                metrics.messagesReceived.add(segment.count);
                tally.received(segment);
                return inbox.receivedCost() > window.told() + inbox.largestCost()
                        ? bounds.ruleBroken(
                                "messages of cost " + inbox.receivedCost() + " where " + window.told() + " was allowed")
                        : null;
            }
            case DUPLICATE -> {
                metrics.duplicates.increment();
                segment.release();
                return null;
            }
            default -> {
                segment.release();
                return bounds.ruleBroken("segment " + segment.sequence
                        + " is beyond the last one, or too far ahead of the first missing one");
            }
        }
    }

    /**
     * @return whether the caller must have {@link #deliver} run, after it has let the lock go, on a thread that may call the
     *     listener
     */
    final boolean claimDelivery() {
        if (delivering) {
            return false;
        }
        if (!listening) {
            return false;
        }
        if (nextStep() == Step.NOTHING) {
            inbox.own();
            return false;
        }
        delivering = true;
        return true;
    }

    private Step nextStep() {
        if (readyDue) {
            return Step.READY;
        }
        if (sendClosedDue) {
            return Step.SEND_CLOSED;
        }
        for (Arrived head = inbox.head(); head != null; head = inbox.head()) {
            if (head.hasHeaders()) {
                return Step.HEADERS;
            }
            if (head.hasNext()) {
                return requested > 0 ? Step.MESSAGES : Step.NOTHING;
            }
            if (head.last) {
                return Step.LAST;
            }
            inbox.pop();
        }
        return finishDue ? Step.FINISH : Step.NOTHING;
    }

    /** Calls the listener until there is nothing more to tell. After {@link #claimDelivery}. */
    final void deliver() {
        boolean more = true;
        while (more) {
            more = deliverStep();
        }
    }

    private boolean deliverStep() {
        Step step;
        Arrived head;
        int allowed;
        synchronized (lock) {
            step = nextStep();
            head = inbox.head();
            allowed = (int) Math.min(RUN, requested);
            switch (step) {
                case NOTHING -> {
                    delivering = false;
                    inbox.own();
                    return false;
                }
                case READY -> readyDue = false;
                case SEND_CLOSED -> sendClosedDue = false;
                case MESSAGES -> reading = head;
                case LAST -> inbox.pop();
                case FINISH -> finishDue = false;
                case HEADERS -> {}
            }
        }
        try {
            switch (step) {
                case READY -> deliverReady();
                case SEND_CLOSED -> deliverSendClosed();
                case FINISH -> deliverFinish();
                case LAST -> deliverLast(Objects.requireNonNull(head));
                case HEADERS ->
                    deliverHeaders(
                            Objects.requireNonNull(Objects.requireNonNull(head).takeHeaders()));
                case MESSAGES -> deliverMessages(Objects.requireNonNull(head), allowed);
                case NOTHING -> {}
            }
        } catch (RuntimeException | Error e) {
            onDeliveryFailed(e);
        }
        return true;
    }

    private void deliverMessages(Arrived segment, int allowed) {
        int delivered = 0;
        long cost = 0;
        Status unreadable = null;
        try {
            while (delivered < allowed && segment.hasNext() && !dropped) {
                ByteBuffer bytes = segment.next();
                cost += StreamCost.of(bytes.remaining());
                delivered++;
                I message;
                try {
                    message = incoming.read(bounds.plain(segment.coding(), bytes));
                } catch (RpcException e) {
                    unreadable = e.status();
                    break;
                } catch (RuntimeException e) {
                    unreadable = Status.of(StatusCode.INTERNAL, "a message of " + bounds.method() + " cannot be read")
                            .withCause(e);
                    break;
                }
                deliverMessage(message);
            }
        } finally {
            synchronized (lock) {
                reading = null;
                requested -= delivered;
                window.consume(cost);
                if (dropped) {
                    segment.release();
                } else if (!segment.hasNext()) {
                    if (!segment.last) {
                        inbox.pop();
                    }
                    if (inbox.isEmpty()) {
                        window.drained(inbox.largestCost());
                    }
                }
            }
        }
        if (unreadable != null) {
            onUnreadable(unreadable);
        }
    }
}
