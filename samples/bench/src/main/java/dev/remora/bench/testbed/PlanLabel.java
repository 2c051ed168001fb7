package dev.remora.bench.testbed;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A plan as one word, which the switch's bridge carries as its alias: so any process can tell what a testbed is. */
final class PlanLabel {
    private static final Pattern LABEL = Pattern.compile(
            "hosts=(\\d{1,9}),linkMbps=(\\d{1,9}),bufferBytes=(\\d{1,9}),mtu=(\\d{1,9}),congestionControl=([a-z0-9_]+),offloads=(true|false)");

    private PlanLabel() {}

    static String text(TestbedPlan plan) {
        return "hosts=" + plan.hosts() + ",linkMbps=" + plan.linkMbps() + ",bufferBytes=" + plan.bufferBytes() + ",mtu="
                + plan.mtu() + ",congestionControl=" + plan.congestionControl() + ",offloads=" + plan.offloads();
    }

    /** Empty if it is not the label of a plan. */
    static Optional<TestbedPlan> parse(String label) {
        Matcher fields = LABEL.matcher(label);
        if (!fields.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TestbedPlan(
                    Integer.parseInt(fields.group(1)),
                    Integer.parseInt(fields.group(2)),
                    Integer.parseInt(fields.group(3)),
                    Integer.parseInt(fields.group(4)),
                    fields.group(5),
                    Boolean.parseBoolean(fields.group(6))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
