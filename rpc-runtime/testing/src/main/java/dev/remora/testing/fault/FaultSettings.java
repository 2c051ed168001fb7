package dev.remora.testing.fault;

import dev.remora.runtime.config.ConfigSection;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.List;

/** Knobs of faults, below {@code remora.faults}; read where {@link FaultsModule} is installed. */
public final class FaultSettings {
    /** What happens to which calls. */
    public static final Setting<List<String>> RULES = Setting.texts(
            "rules",
            "Faults to inject, each as 'client|server METHOD-PATTERN ACTION [CONDITION]', such as 'client */GetUser delay"
                    + " 50ms 10%'; testing.md lists actions and conditions. Empty: none.");

    /** Which calls a percentage meets. */
    public static final Setting<Long> SEED = Setting.number(
            "seed",
            1,
            0,
            1_000_000_000_000L,
            "",
            "Decides which calls a percentage meets: the same seed and order of calls give the same faults.");

    /** The section. */
    public static final ConfigSection SECTION = new ConfigSection(
            "faults",
            "Faults on purpose, in processes that have `remora-testing` and its `FaultsModule`.",
            List.of(RULES, SEED));

    private FaultSettings() {}

    /**
     * The faults that are configured.
     *
     * @throws IllegalArgumentException if a rule is malformed; the message tells which and why
     */
    public static Faults read(SettingValues values) {
        return Faults.of(
                values.get(SEED),
                values.get(RULES).stream().map(FaultRule::parse).toList());
    }
}
