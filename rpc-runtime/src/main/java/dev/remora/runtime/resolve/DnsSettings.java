package dev.remora.runtime.resolve;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of targets such as {@code dns:///photos:7000} and {@code srv:///_photos._tcp.example.net}, below {@code remora.resolve.dns}. */
public final class DnsSettings {
    public static final Setting<List<String>> SERVERS = Setting.texts(
            "servers",
            "DNS servers to ask, host or host:port, tried in turns. Empty takes those of the system, with its search path"
                    + " and its hosts file; servers given here or in the target are asked for full names only");

    public static final Setting<String> ADDRESSES = Setting.text(
            "addresses",
            "prefer-ipv4",
            "which addresses of a name are servers. With both, a server that has an IPv4 and an IPv6 address counts twice;"
                    + " the prefer- ones take the other family only where the first has none",
            "prefer-ipv4",
            "prefer-ipv6",
            "ipv4",
            "ipv6",
            "both");

    public static final Setting<Long> MIN_REFRESH = Setting.duration(
            "refresh.min",
            "1s",
            1_000_000L,
            3_600_000_000_000L,
            "least time between two look-ups of a target, however short the TTL or dead the servers");

    public static final Setting<Long> MAX_REFRESH = Setting.duration(
            "refresh.max",
            "30s",
            1_000_000L,
            86_400_000_000_000L,
            "a target is looked up again when its TTL is over, after this time at the latest; also the longest pause after"
                    + " failed look-ups, which begins at refresh.min and doubles");

    public static final Setting<Long> TIMEOUT = Setting.duration(
            "timeout", "2s", 1_000_000L, 60_000_000_000L, "how long one DNS server has for its answer");

    public static final Setting<Long> ATTEMPTS =
            Setting.number("attempts", 2, 1, 10, "attempts", "how often each server is asked before a look-up fails");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(SERVERS, ADDRESSES, MIN_REFRESH, MAX_REFRESH, TIMEOUT, ATTEMPTS);

    private DnsSettings() {}
}
