package dev.remora.samples.features.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.features.Output;
import org.junit.jupiter.api.Test;

class ErrorsExampleTest {
    @Test
    void theClientLearnsWhichFieldWasWrong() throws Exception {
        assertThat(Output.of(ErrorsExample::run))
                .containsExactly(
                        "INVALID_ARGUMENT: nobody to greet", "field name: must not be empty", "request-id: 42");
    }
}
