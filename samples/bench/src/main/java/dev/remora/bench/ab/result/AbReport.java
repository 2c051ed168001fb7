package dev.remora.bench.ab.result;

import java.util.List;
import java.util.Map;

/**
 * Everything a report shows.
 *
 * @param version of this form; grows when a reader of the old one would be misled
 * @param created when the run began, ISO 8601 with zone
 * @param command that gives it again
 * @param experiment {@code transports} or {@code offloads}: what differs between the runs that are compared
 * @param baseline the run's {@link RunResult#transport} that ratios divide; Homa's, as a rule
 * @param machine what it ran on, in the order to be shown
 * @param notes what a reader must know before quoting, whole sentences
 */
public record AbReport(
        int version,
        String created,
        String command,
        String experiment,
        String baseline,
        Testbed testbed,
        Method method,
        Map<String, String> machine,
        List<RunResult> runs,
        List<Ratio> ratios,
        List<Fairness> fairness,
        List<String> notes) {
    public static final int VERSION = 1;
}
