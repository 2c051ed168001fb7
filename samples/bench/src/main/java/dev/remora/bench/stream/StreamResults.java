package dev.remora.bench.stream;

import java.util.List;
import java.util.Map;

/**
 * What a run has measured.
 *
 * @param unavailable contenders that cannot run on this machine, with the reason
 * @param failures of contenders that could run, in the order they happened
 */
record StreamResults(List<StreamMeasurement> measurements, Map<String, String> unavailable, List<String> failures) {
    StreamResults {
        measurements = List.copyOf(measurements);
        failures = List.copyOf(failures);
    }

    /** Of one contender and case, without those with too much interference; all, if there are no others. */
    List<StreamMeasurement> sound(String contender, StreamCase point) {
        List<StreamMeasurement> all = measurements.stream()
                .filter(m -> m.contender().equals(contender) && m.point().equals(point))
                .toList();
        List<StreamMeasurement> sound =
                all.stream().filter(m -> !m.interference().isTooMuch()).toList();
        return sound.isEmpty() ? all : sound;
    }
}
