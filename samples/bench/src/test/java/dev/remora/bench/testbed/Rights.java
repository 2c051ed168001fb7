package dev.remora.bench.testbed;

import org.junit.jupiter.api.Assumptions;

/** What this machine must allow for a testbed: else a test is skipped, and says why. */
final class Rights {
    private Rights() {}

    static void needed() {
        if (!"root".equals(System.getProperty("user.name"))) {
            skip("making network namespaces needs root");
        }
        try {
            SystemCommand.run(java.util.List.of("ip", "-V"));
            SystemCommand.run(java.util.List.of("tc", "-V"));
        } catch (TestbedException e) {
            skip(e.toString());
        }
    }

    static void skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
    }
}
