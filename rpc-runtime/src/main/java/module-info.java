/** Channel, server, envelope, configuration, metrics, Guice modules and the in-process transport. */
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
    requires org.slf4j;

    exports dev.remora.runtime;
    exports dev.remora.runtime.config;
    exports dev.remora.runtime.envelope;
    exports dev.remora.runtime.guice;
    exports dev.remora.runtime.inprocess;
    exports dev.remora.runtime.metrics;

    opens dev.remora.runtime.guice to
            com.google.guice;

    uses dev.remora.spi.TransportProvider;

    provides dev.remora.spi.TransportProvider with
            dev.remora.runtime.inprocess.InProcessTransportProvider;
}
