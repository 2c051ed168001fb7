package dev.remora.bench.stream;

import dev.remora.bench.process.Interference;

/**
 * One case of one contender in one round.
 *
 * @param round from 1
 * @param cpuNsPerMessage of both processes together
 * @param allocatedBytesPerMessage on both heaps
 */
record StreamMeasurement(
        String contender,
        StreamCase point,
        int round,
        long messages,
        double messagesPerSecond,
        double cpuNsPerMessage,
        double allocatedBytesPerMessage,
        Interference interference) {
    /** Payload alone. */
    double megabytesPerSecond() {
        return messagesPerSecond * point.sizeBytes() / 1e6;
    }
}
