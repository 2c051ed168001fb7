package dev.remora.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of one call. Immutable.
 *
 * <p>The deadline is either a moment ({@link #withDeadline}: shared by all calls made with these options) or a duration
 * ({@link #withTimeout}: counted anew from the start of each call). The earliest of the two and of the deadline of the
 * call that is being served, if any, holds.
 */
public final class CallOptions {
    private static final Object[] NO_EXTRAS = {};

    public static final CallOptions DEFAULT = new CallOptions(null, 0, Metadata.EMPTY, NO_EXTRAS);

    /** Whether a call waits while no server is known or none can be reached, instead of failing; the channel's default otherwise. */
    public static final Key<Boolean> WAIT_FOR_READY = Key.of("wait-for-ready");

    /** What calls have in common that shall go to the same server, where the channel balances by consistent hash. */
    public static final Key<String> HASH_KEY = Key.of("hash-key");

    /** Whether requests are compressed and responses may be; the channel's settings otherwise. */
    public static final Key<Compression> COMPRESSION = Key.of("compression");

    private final @Nullable Deadline deadline;
    private final long timeoutNs;
    private final Metadata metadata;
    /** Keys and their values in turns. */
    private final Object[] extras;

    private CallOptions(@Nullable Deadline deadline, long timeoutNs, Metadata metadata, Object[] extras) {
        this.deadline = deadline;
        this.timeoutNs = timeoutNs;
        this.metadata = metadata;
        this.extras = extras;
    }

    /**
     * Names an option that the channel or an interceptor understands; nothing of it is sent. Keys are told apart by identity:
     * keep one in a constant.
     *
     * @param <T> type of the value
     */
    public static final class Key<T> {
        private final String name;

        private Key(String name) {
            this.name = name;
        }

        /** A key unlike all others, also those of the same name. */
        public static <T> Key<T> of(String name) {
            return new Key<>(Objects.requireNonNull(name));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public CallOptions withDeadline(Deadline newDeadline) {
        return new CallOptions(newDeadline, timeoutNs, metadata, extras);
    }

    /** @param timeout from the start of each call; more than zero */
    public CallOptions withTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero, got " + timeout);
        }
        Duration max = Duration.ofDays(36_500);
        return new CallOptions(deadline, (timeout.compareTo(max) > 0 ? max : timeout).toNanos(), metadata, extras);
    }

    /** These options with more metadata to send. */
    public CallOptions withMetadata(Metadata more) {
        return new CallOptions(deadline, timeoutNs, metadata.plus(more), extras);
    }

    /** These options with another value of one key. */
    public <T> CallOptions with(Key<T> key, T value) {
        Objects.requireNonNull(value);
        for (int i = 0; i < extras.length; i += 2) {
            if (extras[i] == key) {
                Object[] changed = extras.clone();
                changed[i + 1] = value;
                return new CallOptions(deadline, timeoutNs, metadata, changed);
            }
        }
        Object[] more = Arrays.copyOf(extras, extras.length + 2);
        more[extras.length] = key;
        more[extras.length + 1] = value;
        return new CallOptions(deadline, timeoutNs, metadata, more);
    }

    /** The value of a key, or null if it is not set. */
    @SuppressWarnings("unchecked") // with() takes only values of the key's type
    public <T> @Nullable T get(Key<T> key) {
        for (int i = 0; i < extras.length; i += 2) {
            if (extras[i] == key) {
                return (T) extras[i + 1];
            }
        }
        return null;
    }

    /**
     * Such a call waits, until its deadline, while no server is known or none can be reached; and if the server turns out to be
     * unreachable before it has seen the request, the call waits again. Without it such calls fail with
     * {@link StatusCode#UNAVAILABLE}; only the first look-up of the servers is always waited for.
     */
    public CallOptions withWaitForReady(boolean wait) {
        return with(WAIT_FOR_READY, wait);
    }

    /** Calls with the same key go to the same server as long as it is there, where the channel balances by consistent hash. */
    public CallOptions withHashKey(String key) {
        return with(HASH_KEY, key);
    }

    /**
     * Compresses the request, unless it is small, and lets the server compress its response, of a stream each message by
     * itself; NONE: neither. Without it the channel's settings hold.
     */
    public CallOptions withCompression(Compression compression) {
        return with(COMPRESSION, compression);
    }

    public @Nullable Deadline deadline() {
        return deadline;
    }

    /** Nanoseconds from the start of a call, 0 if not set. */
    public long timeoutNs() {
        return timeoutNs;
    }

    /** What to send along with the request. */
    public Metadata metadata() {
        return metadata;
    }

    /**
     * The moment at which a call with these options has to have ended: the earliest of the options' deadline, their time-out
     * and the deadline of the call that is being served.
     *
     * @param startNs when the call starts, on the {@link System#nanoTime} scale
     * @param defaultTimeoutNs time-out of a call whose options set none, 0 for none
     * @param served the call that is being served, if any
     * @return null if nothing bounds the call
     */
    public @Nullable Deadline deadlineOfCall(long startNs, long defaultTimeoutNs, @Nullable CallContext served) {
        Deadline earliest = deadline;
        long timeout = timeoutNs > 0 ? timeoutNs : defaultTimeoutNs;
        if (timeout > 0) {
            earliest = earlier(earliest, Deadline.at(startNs + timeout));
        }
        return served == null ? earliest : earlier(earliest, served.deadline());
    }

    private static @Nullable Deadline earlier(@Nullable Deadline a, @Nullable Deadline b) {
        return a == null ? b : b == null ? a : a.min(b);
    }
}
