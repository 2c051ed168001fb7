package dev.remora.runtime.admission;

import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.spi.SettingValues;

/**
 * What admission goes by: values of {@link ServerSettings}.
 *
 * @param order {@link QueueOrder#NEWEST_FIRST} is adaptive: only while the queue has not been empty for a while
 * @param oldestEvery with {@link QueueOrder#SMALLEST_FIRST}: each so manieth call is taken by age; 0 for none
 */
record AdmissionConfig(
        int maxConcurrentCalls,
        long maxBytes,
        boolean adaptive,
        int minLimit,
        int initialLimit,
        double tolerance,
        int maxWaiting,
        QueueOrder order,
        long maxWaitNs,
        long overloadAfterNs,
        int oldestEvery,
        boolean deadlineAware) {
    /** @throws IllegalArgumentException if two of them contradict each other */
    static AdmissionConfig of(SettingValues values) {
        AdmissionSettings.contradiction(values).ifPresent(problem -> {
            throw new IllegalArgumentException(
                    "remora.server." + AdmissionSettings.MAX_BYTES_IN_PROGRESS.name() + " " + problem);
        });
        double oldestShare = values.get(AdmissionSettings.QUEUE_OLDEST_SHARE);
        return new AdmissionConfig(
                values.getInt(ServerSettings.MAX_CONCURRENT_CALLS),
                values.get(AdmissionSettings.MAX_BYTES_IN_PROGRESS),
                values.get(AdmissionSettings.LIMIT).equals("adaptive"),
                values.getInt(AdmissionSettings.MIN_LIMIT),
                values.getInt(AdmissionSettings.INITIAL_LIMIT),
                values.get(AdmissionSettings.TOLERANCE),
                values.getInt(AdmissionSettings.QUEUE_MAX_CALLS),
                switch (values.get(AdmissionSettings.QUEUE_ORDER)) {
                    case "srpt" -> QueueOrder.SMALLEST_FIRST;
                    case "adaptive-lifo" -> QueueOrder.NEWEST_FIRST;
                    default -> QueueOrder.OLDEST_FIRST;
                },
                values.get(AdmissionSettings.QUEUE_MAX_WAIT),
                values.get(AdmissionSettings.QUEUE_OVERLOAD_AFTER),
                oldestShare == 0 ? 0 : (int) Math.round(1 / oldestShare),
                values.get(AdmissionSettings.DEADLINE_AWARE));
    }
}
