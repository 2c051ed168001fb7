package dev.remora.bench.ab.result;

import java.util.Map;

/**
 * One line of the fairness page.
 *
 * @param topic for instance "Connections per peer"
 * @param byTransport what each had
 * @param equal whether that is the same for all
 * @param remark what an unequal line means for the comparison; empty if nothing
 */
public record Fairness(String topic, Map<String, String> byTransport, boolean equal, String remark) {
    /** Topic of how many processes there are and of their JVMs' flags, the same for all sides. */
    public static final String PROCESSES = "Processes";
}
