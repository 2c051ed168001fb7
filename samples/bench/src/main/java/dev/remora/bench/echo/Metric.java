package dev.remora.bench.echo;

import java.util.function.ToDoubleFunction;

/** What is compared. */
enum Metric {
    P50_US("p50Us", Measurement::p50Us),
    P99_US("p99Us", Measurement::p99Us),
    CALLS_PER_SECOND("callsPerSecond", Measurement::callsPerSecond),
    CPU_US_PER_CALL("cpuUsPerCall", Measurement::cpuUsPerCall),
    ALLOCATED_BYTES_PER_CALL("allocatedBytesPerCall", Measurement::allocatedBytesPerCall),
    CLIENT_ALLOCATED_BYTES_PER_CALL("clientAllocatedBytesPerCall", Measurement::clientAllocatedBytesPerCall),
    SERVER_ALLOCATED_BYTES_PER_CALL("serverAllocatedBytesPerCall", Measurement::serverAllocatedBytesPerCall);

    private final String field;
    private final ToDoubleFunction<Measurement> value;

    Metric(String field, ToDoubleFunction<Measurement> value) {
        this.field = field;
        this.value = value;
    }

    /** Its name in JSON. */
    String field() {
        return field;
    }

    double of(Measurement measurement) {
        return value.applyAsDouble(measurement);
    }
}
