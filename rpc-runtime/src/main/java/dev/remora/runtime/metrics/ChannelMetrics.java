package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import dev.remora.runtime.balance.BalancerFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one channel counts of its servers, registered as {@code remora.channel.<channel>.<name>} until {@link #close}. A second
 * channel of one name gets a number behind it. For any thread.
 */
public final class ChannelMetrics implements AutoCloseable {
    static final String PREFIX = "remora.channel.";

    /** Of one name in one registry: the bound for programs that make channels without end. */
    private static final int MAX_OF_ONE_NAME = 100;

    private static final Logger LOG = LoggerFactory.getLogger(ChannelMetrics.class);

    /** One number, by its name in Dropwizard's registry; Prometheus gets {@code _} for {@code -}. */
    record Figure(String name, boolean counter, String meaning, ToLongFunction<BalancerFigures> of) {}

    static final List<Figure> FIGURES = List.of(
            new Figure("picks", true, "calls that got a server", BalancerFigures::picks),
            new Figure("picks-failed", true, "calls that got none", BalancerFigures::failedPicks),
            new Figure("calls-waiting", false, "calls that wait for a server", BalancerFigures::waiting),
            new Figure("peers-known", false, "servers that the resolver names", BalancerFigures::known),
            new Figure("peers-usable", false, "of these those that calls go to", BalancerFigures::usable),
            new Figure(
                    "peers-ejected", false, "of these those set aside because they failed", BalancerFigures::ejected),
            new Figure(
                    "peers-unreachable",
                    false,
                    "of these those set aside because they could not be reached",
                    BalancerFigures::unreachable),
            new Figure(
                    "peers-draining",
                    false,
                    "servers that the resolver no longer names, with calls in progress",
                    BalancerFigures::draining),
            new Figure("ejections", true, "times that a server was ejected", BalancerFigures::ejections),
            new Figure("resolutions", true, "answers of the resolver, good and bad", BalancerFigures::resolutions),
            new Figure("resolutions-failed", true, "of these the bad ones", BalancerFigures::failedResolutions));

    private final MetricRegistry registry;
    private final List<String> registered = new ArrayList<>();

    private ChannelMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    /**
     * Registers them; nothing if nothing is measured.
     *
     * @param channel its name
     * @param figures how things are; must neither block nor throw
     */
    public static ChannelMetrics register(RpcMetrics metrics, String channel, Supplier<BalancerFigures> figures) {
        ChannelMetrics made = new ChannelMetrics(metrics.registry());
        if (metrics.isEnabled()) {
            made.registerAll(channel, figures);
        }
        return made;
    }

    private synchronized void registerAll(String channel, Supplier<BalancerFigures> figures) {
        String first = PREFIX + channel + "." + FIGURES.get(0).name();
        for (int i = 1; i <= MAX_OF_ONE_NAME; i++) {
            String name = i == 1 ? channel : channel + "#" + i;
            if (tryRegister(name, figures)) {
                return;
            }
        }
        LOG.warn("there are {} channels with a metric {} already; one more is not measured", MAX_OF_ONE_NAME, first);
    }

    private boolean tryRegister(String channel, Supplier<BalancerFigures> figures) {
        for (Figure figure : FIGURES) {
            String name = PREFIX + channel + "." + figure.name();
            try {
                registry.register(name, new ChannelGauge(channel, figure, figures));
            } catch (IllegalArgumentException e) {
                LOG.trace("{} is taken", name, e);
                close();
                return false;
            }
            registered.add(name);
        }
        return true;
    }

    /** Removes them from the registry. Idempotent. */
    @Override
    public synchronized void close() {
        registered.forEach(registry::remove);
        registered.clear();
    }
}
