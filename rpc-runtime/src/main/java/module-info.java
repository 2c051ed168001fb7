/** Channel, server, discovery, load balancing, envelope, configuration, metrics, Guice modules and the in-process transport. */
module dev.remora.runtime {
    requires transitive com.codahale.metrics;
    requires transitive com.google.guice;
    requires transitive dev.remora.api;
    requires transitive typesafe.config;
    requires static transitive org.jspecify;
    requires com.codahale.metrics.jmx;
    requires com.google.protobuf;
    requires io.prometheus.metrics.exporter.httpserver;
    requires io.prometheus.metrics.instrumentation.dropwizard;
    requires io.prometheus.metrics.instrumentation.dropwizard5;
    requires io.prometheus.metrics.model;
    requires HdrHistogram;
    requires org.dnsjava;
    requires org.slf4j;

    exports dev.remora.runtime;
    exports dev.remora.runtime.admission;
    exports dev.remora.runtime.balance;
    exports dev.remora.runtime.config;
    exports dev.remora.runtime.envelope;
    exports dev.remora.runtime.guice;
    exports dev.remora.runtime.health;
    exports dev.remora.runtime.health.v1;
    exports dev.remora.runtime.inprocess;
    exports dev.remora.runtime.introspection;
    exports dev.remora.runtime.introspection.v1;
    exports dev.remora.runtime.logging;
    exports dev.remora.runtime.metrics;
    exports dev.remora.runtime.reflection;
    exports dev.remora.runtime.reflection.v1;
    exports dev.remora.runtime.resilience;
    exports dev.remora.runtime.resolve;
    exports dev.remora.runtime.time;
    exports dev.remora.runtime.trace;

    opens dev.remora.runtime.guice to
            com.google.guice;

    uses dev.remora.runtime.resolve.NameResolverProvider;
    uses dev.remora.spi.TransportProvider;

    provides dev.remora.runtime.resolve.NameResolverProvider with
            dev.remora.runtime.resolve.StaticResolverProvider,
            dev.remora.runtime.resolve.DnsResolverProvider,
            dev.remora.runtime.resolve.FileResolverProvider;
    provides dev.remora.spi.TransportProvider with
            dev.remora.runtime.inprocess.InProcessTransportProvider;
}
