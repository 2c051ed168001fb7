package dev.remora.runtime.metrics;

import com.codahale.metrics.Gauge;
import java.util.function.LongSupplier;

/** Something that can be read of a server as a whole. */
record ServerGauge(String server, String name, String meaning, LongSupplier value) implements Gauge<Long> {
    String registeredName() {
        return ServerMetrics.PREFIX + server + "." + name;
    }

    @Override
    public Long getValue() {
        return value.getAsLong();
    }
}
