package dev.remora.runtime.metrics;

import com.codahale.metrics.Gauge;
import dev.remora.runtime.balance.BalancerFigures;
import java.util.function.Supplier;

/** One number of one channel in Dropwizard's registry; counters too, for Dropwizard's own cannot be read from elsewhere. */
record ChannelGauge(String channel, ChannelMetrics.Figure figure, Supplier<BalancerFigures> figures)
        implements Gauge<Long> {
    @Override
    public Long getValue() {
        return figure.of().applyAsLong(figures.get());
    }
}
