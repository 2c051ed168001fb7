package dev.remora.bench.echo;

import java.util.List;
import java.util.Map;

/**
 * What a run has measured.
 *
 * @param unavailable contenders that cannot run on this machine, with the reason
 * @param failures of contenders that could run, in the order they happened
 */
record EchoResults(List<Measurement> measurements, Map<String, String> unavailable, List<String> failures) {
    EchoResults {
        measurements = List.copyOf(measurements);
        failures = List.copyOf(failures);
    }

    List<Measurement> flagged() {
        return measurements.stream().filter(Measurement::flagged).toList();
    }
}
