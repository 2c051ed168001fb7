package dev.remora.cli.serve;

import com.codahale.metrics.MetricRegistry;
import dev.remora.cli.call.ConnectionOptions;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.introspection.IntrospectionService;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.MetricsReporters;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.metrics.TransportMetrics;
import dev.remora.runtime.reflection.ReflectionService;
import dev.remora.samples.echo.EchoService;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The echo service with all built-in services beside it, put together by hand. */
final class EchoSample implements Sample {
    private final Transport transport;
    private final MetricsReporters reporters;
    private final TransportMetrics transportMetrics;
    private final RemoraServer server;
    private final Duration grace;

    private EchoSample(
            Transport transport,
            MetricsReporters reporters,
            TransportMetrics transportMetrics,
            RemoraServer server,
            Duration grace) {
        this.transport = transport;
        this.reporters = reporters;
        this.transportMetrics = transportMetrics;
        this.server = server;
        this.grace = grace;
    }

    static EchoSample start(Endpoint address, RemoraConfig remora) {
        RpcMetrics metrics = new RpcMetrics(new MetricRegistry());
        MetricsReporters reporters = MetricsReporters.start(remora.metrics(), metrics);
        Transport transport = ConnectionOptions.open(remora);
        try {
            TransportMetrics transportMetrics = TransportMetrics.register(metrics, transport);
            return new EchoSample(
                    transport,
                    reporters,
                    transportMetrics,
                    serve(address, remora, metrics, transport),
                    Duration.ofNanos(remora.server().get(ServerSettings.DRAIN_TIMEOUT)));
        } catch (RuntimeException e) {
            transport.close();
            reporters.close();
            throw e;
        }
    }

    private static RemoraServer serve(Endpoint address, RemoraConfig remora, RpcMetrics metrics, Transport transport) {
        LiveCalls calls = new LiveCalls(remora.introspection());
        calls.register(metrics.registry());
        SettingValues settings = remora.server();
        HealthService health = new HealthService(settings.getInt(ServerSettings.MAX_HEALTH_WATCHERS));
        health.register(metrics.registry());
        return RemoraServer.builder(transport)
                .address(address)
                .settings(settings)
                .metrics(metrics)
                .calls(calls)
                .service(new EchoService())
                .service(health)
                .service(new ReflectionService())
                .service(new IntrospectionService(calls))
                .start();
    }

    @Override
    public Map<String, Endpoint> addresses() {
        return Map.of("echo", server.localAddress());
    }

    @Override
    public Map<String, String> trials() {
        Map<String, String> trials = new LinkedHashMap<>();
        trials.put("", "what there is to call");
        trials.put("describe Echo/Say", "what a method takes and gives");
        trials.put("Echo/Say '{\"text\": \"hello\"}' -i", "a call, and where its time went");
        trials.put("Echo/Sleep '{\"ms\": 500}' --timeout 100ms", "a deadline that passes, explained");
        trials.put("Echo/Fail '{\"code\": \"NOT_FOUND\"}'", "a status with a detail");
        return trials;
    }

    @Override
    public void close() {
        try {
            server.drain(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            transport.close();
            transportMetrics.close();
            reporters.close();
        }
    }
}
