package dev.remora.cli.top;

import java.util.Map;

/**
 * One line of a Prometheus page.
 *
 * @param labels as they came: any text may stand in them
 * @param value may be NaN or infinite
 */
record Sample(String name, Map<String, String> labels, double value) {
    /** The label's value; empty without such a label. */
    String label(String key) {
        return labels.getOrDefault(key, "");
    }
}
