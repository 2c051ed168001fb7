package dev.remora.runtime.config;

import dev.remora.api.Criticality;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Knobs of what a server admits, below {@code remora.server}; those of {@link #ofPolicy} below
 * {@code remora.server.policies.<policy>}, for the methods that match.
 */
public final class AdmissionSettings {
    private static final long HOUR_NS = 3_600_000_000_000L;

    /** The bound of methods for which none is set. */
    public static final long NO_LIMIT = 1_000_000;

    public static final Setting<Long> MAX_BYTES_IN_PROGRESS = Setting.bytes(
            "max-bytes-in-progress",
            "1GiB",
            1,
            1L << 40,
            "Bytes of request messages whose calls wait or are in progress; a call beyond is refused with"
                    + " RESOURCE_EXHAUSTED. At least max-request-bytes.");

    public static final Setting<String> LIMIT = Setting.text(
            "admission.limit",
            "fixed",
            "fixed: max-concurrent-calls is the bound. adaptive: the bound moves below it, so that handlers do not get slower"
                    + " by being too many.",
            "fixed",
            "adaptive");

    public static final Setting<Long> MIN_LIMIT = Setting.number(
            "admission.min-limit",
            4,
            1,
            1_000_000,
            "calls",
            "Least an adaptive bound becomes. At least the number of CPUs that the handlers use.");

    public static final Setting<Long> INITIAL_LIMIT =
            Setting.number("admission.initial-limit", 20, 1, 1_000_000, "calls", "Where an adaptive bound begins.");

    public static final Setting<Double> TOLERANCE = Setting.real(
            "admission.tolerance",
            2.0,
            1.1,
            10,
            "",
            "How much slower than without load handlers may be on average before an adaptive bound falls.");

    public static final Setting<Long> QUEUE_MAX_CALLS = Setting.number(
            "queue.max-calls",
            0,
            0,
            1_000_000,
            "calls",
            "Calls that wait for a place among those in progress; 0: none waits, it is refused at once. When the queue is full"
                    + " the call that would be served last is refused, waiting or new. Calls of inline methods never wait.");

    public static final Setting<String> QUEUE_ORDER = Setting.text(
            "queue.order",
            "fifo",
            "Which waiting call is next, among those of the highest criticality. fifo: the oldest. adaptive-lifo: the oldest, but"
                    + " the newest while the queue does not get empty. srpt: the one with the smallest request.",
            "fifo",
            "adaptive-lifo",
            "srpt");

    public static final Setting<Long> QUEUE_MAX_WAIT = Setting.duration(
            "queue.max-wait",
            "1s",
            0,
            HOUR_NS,
            "Longest time a call waits; then it is refused, so that its client can try elsewhere. 0: until its deadline.");

    public static final Setting<Long> QUEUE_OVERLOAD_AFTER = Setting.duration(
            "queue.overload-after",
            "100ms",
            0,
            HOUR_NS,
            "With adaptive-lifo: how long the queue must not have been empty for the newest call to be next.");

    public static final Setting<Double> QUEUE_OLDEST_SHARE = Setting.real(
            "queue.oldest-share",
            0.05,
            0,
            1,
            "",
            "With srpt: which part of the calls is taken by age instead of size, so that large ones do not wait for ever.");

    public static final Setting<Boolean> DEADLINE_AWARE = Setting.flag(
            "queue.deadline-aware",
            true,
            "Whether calls are refused that cannot end before their deadlines, by what waiting and handlers took lately: when they"
                    + " come, and once more before they run. Needs queue.max-calls or admission.limit = adaptive.");

    public static final Setting<String> CRITICALITY = Setting.text(
            "criticality",
            Criticality.CRITICAL.word(),
            "What calls are that do not say themselves how critical they are.",
            Arrays.stream(Criticality.values()).map(Criticality::word).toArray(String[]::new));

    public static final Setting<Long> METHOD_MAX_CONCURRENT_CALLS = Setting.number(
            "method-max-concurrent-calls",
            NO_LIMIT,
            1,
            NO_LIMIT,
            "calls",
            "Calls in progress of each method, within those of the server. Keeps a slow method from taking all places.");

    /** All of a server's, in the order of the documentation. */
    static final List<Setting<?>> ALL = List.of(
            MAX_BYTES_IN_PROGRESS,
            LIMIT,
            MIN_LIMIT,
            INITIAL_LIMIT,
            TOLERANCE,
            QUEUE_MAX_CALLS,
            QUEUE_ORDER,
            QUEUE_MAX_WAIT,
            QUEUE_OVERLOAD_AFTER,
            QUEUE_OLDEST_SHARE,
            DEADLINE_AWARE,
            METHOD_MAX_CONCURRENT_CALLS,
            CRITICALITY);

    /** Only below {@code policies.<policy>}. */
    public static final Setting<List<String>> METHODS = Setting.texts(
            "methods", "Which methods the policy is for, as in a client's policies. No default: it must be set.");

    private static final List<Setting<?>> OF_POLICY = List.of(METHODS, METHOD_MAX_CONCURRENT_CALLS, CRITICALITY);

    private AdmissionSettings() {}

    /**
     * What is wrong with values that are each allowed, about {@link #MAX_BYTES_IN_PROGRESS}, without the key.
     *
     * @param server values of {@link ServerSettings}
     */
    public static Optional<String> contradiction(SettingValues server) {
        long maxBytes = server.get(MAX_BYTES_IN_PROGRESS);
        long maxRequestBytes = server.get(ServerSettings.MAX_REQUEST_BYTES);
        return maxBytes >= maxRequestBytes
                ? Optional.empty()
                : Optional.of("is " + maxBytes + ", less than remora.server."
                        + ServerSettings.MAX_REQUEST_BYTES.name() + ", which is " + maxRequestBytes
                        + ": a request of that size could never be served; raise the one or lower the other");
    }

    /** Those of one policy, in the order of the documentation. */
    public static List<Setting<?>> ofPolicy() {
        return OF_POLICY;
    }
}
