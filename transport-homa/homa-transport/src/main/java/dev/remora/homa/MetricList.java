package dev.remora.homa;

import dev.remora.homa.engine.Engine;
import dev.remora.homa.engine.EngineStats;
import dev.remora.homa.protocol.Counter;
import dev.remora.spi.TransportMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Everything a Homa transport reports: the protocol's counters over all engines, what left at each priority level, and what each
 * engine did. Values are read while engines go on, and may lag.
 */
final class MetricList {
    private static final int LEVELS = 8;

    private final List<TransportMetric> metrics = new ArrayList<>();

    private MetricList() {}

    static List<TransportMetric> of(List<Engine> engines) {
        MetricList list = new MetricList();
        for (Counter counter : Counter.values()) {
            list.metrics.add(TransportMetric.counter(
                    "protocol." + counter.key().replace('_', '-'),
                    counter.unit(),
                    counter.meaning(),
                    () -> sum(engines, engine -> engine.protocolMetrics().get(counter))));
        }
        for (int level = 0; level < LEVELS; level++) {
            int of = level;
            list.metrics.add(TransportMetric.counter(
                    "level." + level + ".packets",
                    "packets",
                    "Homa packets sent at this priority level",
                    () -> sum(engines, engine -> engine.protocolMetrics().priorityPackets(of))));
            list.metrics.add(TransportMetric.counter(
                    "level." + level + ".bytes",
                    "bytes",
                    "bytes of these, headers included",
                    () -> sum(engines, engine -> engine.protocolMetrics().priorityBytes(of))));
        }
        list.metrics.add(TransportMetric.gauge(
                "incoming-bytes",
                "bytes",
                "granted to senders and not yet here, of all engines",
                () -> sum(engines, engine -> engine.stats().incomingBytes())));
        for (int i = 0; i < engines.size(); i++) {
            list.addEngine("engine." + i + ".", engines.get(i));
        }
        return List.copyOf(list.metrics);
    }

    private void addEngine(String prefix, Engine engine) {
        counter(prefix + "rounds", "rounds", "times round the engine's loop", engine, EngineStats::rounds);
        counter(
                prefix + "busy-rounds",
                "rounds",
                "of these with work: the duty cycle",
                engine,
                EngineStats::busyRounds);
        counter(
                prefix + "caller-rounds",
                "rounds",
                "of these made by callers that wait for their responses",
                engine,
                EngineStats::callerRounds);
        counter(prefix + "parks", "sleeps", "times its thread went to sleep", engine, EngineStats::parks);
        counter(prefix + "packets-received", "packets", "Homa packets for us", engine, EngineStats::packetsReceived);
        counter(
                prefix + "units-sent",
                "units",
                "packets and uncut frames given to the link",
                engine,
                EngineStats::unitsSent);
        counter(prefix + "no-route", "units", "lost since no way to the peer was known", engine, EngineStats::noRoute);
        counter(prefix + "stalls", "times", "the way to a peer was full", engine, EngineStats::stalls);
        counter(prefix + "units-dropped", "units", "lost since it stayed full", engine, EngineStats::unitsDropped);
        counter(prefix + "refused", "packets", "for ports nobody listens on", engine, EngineStats::refused);
        counter(
                prefix + "packets-passed-on",
                "packets",
                "for RPCs of other engines, and given to these",
                engine,
                EngineStats::passedOn);
        counter(
                prefix + "packets-not-passed-on",
                "packets",
                "of these lost, since too many waited there",
                engine,
                EngineStats::notPassedOn);
        counter(
                prefix + "packets-taken-over",
                "packets",
                "for us that came to other engines",
                engine,
                EngineStats::takenOver);
        gauge(prefix + "client-rpcs", "RPCs", "under way as client", engine, EngineStats::clientRpcs);
        gauge(
                prefix + "server-rpcs",
                "RPCs",
                "under way as server, or waiting to be acknowledged",
                engine,
                EngineStats::serverRpcs);
        gauge(
                prefix + "received-in-use",
                "messages",
                "received and not yet released by the application",
                engine,
                EngineStats::receivedInUse);
    }

    private void counter(String name, String unit, String meaning, Engine engine, ToLongFunction<EngineStats> value) {
        metrics.add(TransportMetric.counter(name, unit, meaning, () -> value.applyAsLong(engine.stats())));
    }

    private void gauge(String name, String unit, String meaning, Engine engine, ToLongFunction<EngineStats> value) {
        metrics.add(TransportMetric.gauge(name, unit, meaning, () -> value.applyAsLong(engine.stats())));
    }

    private static long sum(List<Engine> engines, ToLongFunction<Engine> value) {
        long sum = 0;
        for (Engine engine : engines) {
            sum += value.applyAsLong(engine);
        }
        return sum;
    }
}
