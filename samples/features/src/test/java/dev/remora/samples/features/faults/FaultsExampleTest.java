package dev.remora.samples.features.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.features.Output;
import org.junit.jupiter.api.Test;

class FaultsExampleTest {
    @Test
    void theFaultsOfTheConfigurationAreMetAndTold() throws Exception {
        String method = "remora.samples.features.Greeter/Greet";
        assertThat(Output.of(FaultsExample::run))
                .containsExactly(
                        "serving faults-example:1",
                        "Hello, Ada",
                        "UNAVAILABLE: injected by a fault rule",
                        "client call 1 of " + method + ": delayed by 20ms (rule: client */Greet delay 20ms)",
                        "client call 2 of " + method + ": delayed by 20ms (rule: client */Greet delay 20ms)",
                        "server call 2 of " + method
                                + ": ended with UNAVAILABLE (rule: server */Greet error UNAVAILABLE every 2)");
    }
}
