package dev.remora.runtime.balance;

import dev.remora.spi.SettingValues;
import java.util.List;

/** The policies that can be chosen by configuration. */
final class BalancePolicies {
    static final List<String> NAMES =
            List.of("round-robin", "least-outstanding", "least-latency", "weighted", "consistent-hash", "first-ready");

    private BalancePolicies() {}

    static BalancePolicy of(SettingValues values) {
        String name = values.get(BalanceSettings.POLICY);
        return switch (name) {
            case "round-robin" -> new RoundRobin();
            case "least-outstanding" -> new LeastOutstanding();
            case "least-latency" -> new LeastLatency();
            case "weighted" -> new Weighted();
            case "consistent-hash" ->
                new ConsistentHash(
                        values.get(BalanceSettings.HASH_METADATA), values.getInt(BalanceSettings.HASH_MAX_LOAD));
            case "first-ready" -> new FirstReady();
            default -> throw new IllegalArgumentException("there is no policy '" + name + "'; there are " + NAMES);
        };
    }
}
