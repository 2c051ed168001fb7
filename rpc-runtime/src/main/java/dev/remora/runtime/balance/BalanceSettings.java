package dev.remora.runtime.balance;

import dev.remora.runtime.resolve.NameResolver;
import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of spreading calls over servers, among those of a channel: {@code remora.client.balance.…}. */
public final class BalanceSettings {
    private static final long DAY_NS = 86_400_000_000_000L;

    public static final Setting<String> POLICY = Setting.text(
            "balance.policy",
            "least-outstanding",
            "Which server a call goes to: round-robin; least-outstanding, of two random ones the one with fewer calls in"
                    + " progress; least-latency, of two random ones the one expected to answer first; weighted, in turns by the"
                    + " weights that the resolver tells; consistent-hash, the same for the same key; first-ready, the first"
                    + " that can be reached. See docs/load-balancing.md.",
            BalancePolicies.NAMES.toArray(new String[0]));

    public static final Setting<String> HASH_METADATA = Setting.text(
            "balance.hash-metadata",
            "",
            "consistent-hash: the metadata key whose value a call is hashed by, unless its options have a hash key.");

    public static final Setting<Long> HASH_MAX_LOAD = Setting.number(
            "balance.hash-max-load",
            0,
            0,
            10_000,
            "%",
            "consistent-hash: a server with more than this part of the average of calls in progress passes keys on to their"
                    + " next servers, such as 150; at least 100. 0 is never.");

    public static final Setting<Long> SUBSET_SIZE = Setting.number(
            "balance.subset-size",
            1000,
            1,
            NameResolver.MAX_ADDRESSES,
            "servers",
            "Most servers that one channel uses. Where there are more, it keeps to a part that depends on"
                    + " balance.subset-client and balance.subset-key, so that many clients of many servers do not all keep"
                    + " connections to all.");

    public static final Setting<Long> SUBSET_CLIENT = Setting.number(
            "balance.subset-client",
            -1,
            -1,
            Integer.MAX_VALUE,
            "",
            "Number of this client among all that call the service, counted from 0, such as a StatefulSet's ordinal: then"
                    + " every server is in the same number of subsets. -1 draws the subset by balance.subset-key, which"
                    + " spreads clients evenly on average only.");

    public static final Setting<String> SUBSET_KEY = Setting.text(
            "balance.subset-key",
            "",
            "What the subset is drawn by if balance.subset-client is -1; equal keys use equal subsets. Empty draws anew for"
                    + " each channel.");

    public static final Setting<Boolean> WAIT_FOR_READY = Setting.flag(
            "balance.wait-for-ready",
            false,
            "Whether a call waits, until its deadline, while no server is known or none can be reached. Otherwise it fails with"
                    + " UNAVAILABLE; only the first look-up is waited for. Options of a call may say otherwise.");

    public static final Setting<Long> MAX_WAITING = Setting.number(
            "balance.max-waiting",
            10_000,
            1,
            10_000_000,
            "calls",
            "Calls of a channel that wait for a server; one more fails with UNAVAILABLE.");

    public static final Setting<Long> DRAIN_TIMEOUT = Setting.duration(
            "balance.drain-timeout",
            "10m",
            0,
            DAY_NS,
            "How long calls in progress may go on with a server that the resolver no longer names; then they fail.");

    public static final Setting<Long> BACK_OFF = Setting.duration(
            "balance.back-off",
            "100ms",
            1_000_000L,
            DAY_NS,
            "How long a server is left alone that could not be reached or was lost; doubles each time, with jitter. Then one"
                    + " call tries it.");

    public static final Setting<Long> MAX_BACK_OFF =
            Setting.duration("balance.max-back-off", "10s", 1_000_000L, DAY_NS, "Longest such pause.");

    public static final Setting<Long> EJECT_FAILURES = Setting.number(
            "balance.eject.consecutive-failures",
            5,
            0,
            1_000_000,
            "calls",
            "Calls that fail one after the other (UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED,"
                    + " DATA_LOSS) after which a server is ejected. 0 is never.");

    public static final Setting<Double> EJECT_GAP = Setting.real(
            "balance.eject.success-rate-gap",
            0.2,
            0,
            1,
            "",
            "A server whose success rate is lower by more than this than the median of all is ejected. 1 is never.");

    public static final Setting<Long> EJECT_INTERVAL = Setting.duration(
            "balance.eject.interval",
            "10s",
            1_000_000L,
            DAY_NS,
            "How often success rates are compared, over the calls since the last time.");

    public static final Setting<Long> EJECT_MIN_CALLS = Setting.number(
            "balance.eject.min-calls",
            50,
            1,
            1_000_000_000,
            "calls",
            "Fewest calls of a server in an interval from which a success rate is taken.");

    public static final Setting<Long> EJECT_TIME = Setting.duration(
            "balance.eject.time",
            "10s",
            1_000_000L,
            DAY_NS,
            "How long a server stays ejected the first time; grows by as much each further time. Then one call tries it.");

    public static final Setting<Long> EJECT_MAX_TIME =
            Setting.duration("balance.eject.max-time", "5m", 1_000_000L, DAY_NS, "Longest ejection.");

    public static final Setting<Long> EJECT_MAX_PERCENT = Setting.number(
            "balance.eject.max-percent",
            50,
            0,
            100,
            "%",
            "Most servers that may be ejected at one time, but one at least if there are two: when all look bad, it is"
                    + " hardly the servers.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(
            POLICY,
            HASH_METADATA,
            HASH_MAX_LOAD,
            SUBSET_SIZE,
            SUBSET_CLIENT,
            SUBSET_KEY,
            WAIT_FOR_READY,
            MAX_WAITING,
            DRAIN_TIMEOUT,
            BACK_OFF,
            MAX_BACK_OFF,
            EJECT_FAILURES,
            EJECT_GAP,
            EJECT_INTERVAL,
            EJECT_MIN_CALLS,
            EJECT_TIME,
            EJECT_MAX_TIME,
            EJECT_MAX_PERCENT);

    private BalanceSettings() {}
}
