/** The {@code remora} command. */
module dev.remora.cli {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.codahale.metrics;
    requires com.google.gson;
    requires com.google.protobuf;
    requires com.google.protobuf.util;
    requires dev.remora.api;
    requires dev.remora.bench;
    requires dev.remora.dpdk;
    requires dev.remora.homa.sim;
    requires dev.remora.runtime;
    requires dev.remora.samples.discovery;
    requires dev.remora.samples.echo;
    requires dev.remora.samples.logs;
    requires dev.remora.samples.photos;
    requires dev.remora.samples.resilience;
    requires info.picocli;
    requires java.logging;
    requires java.net.http;
    requires org.slf4j;
    requires typesafe.config;
    requires static org.jspecify;

    exports dev.remora.cli;

    opens dev.remora.cli to
            info.picocli;
    opens dev.remora.cli.call to
            info.picocli;
    opens dev.remora.cli.serve to
            info.picocli;
    opens dev.remora.cli.top to
            info.picocli;

    uses dev.remora.spi.TransportProvider;
}
