package dev.remora.testing.fault;

import org.jspecify.annotations.Nullable;

/**
 * What happens to one call: it is late, then something else.
 *
 * @param delayNs 0 for in time
 * @param outcome null for what would have happened without faults
 */
record Decision(long delayNs, @Nullable FaultAction outcome) {
    static final Decision NOTHING = new Decision(0, null);

    boolean isNothing() {
        return delayNs == 0 && outcome == null;
    }
}
