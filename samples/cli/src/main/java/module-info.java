/** The {@code remora} command. */
module dev.remora.cli {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires dev.remora.api;
    requires dev.remora.bench;
    requires dev.remora.dpdk;
    requires dev.remora.homa.sim;
    requires dev.remora.runtime;
    requires dev.remora.samples.photos;
    requires info.picocli;
    requires java.net.http;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.remora.cli;

    opens dev.remora.cli to
            info.picocli;
    opens dev.remora.cli.top to
            info.picocli;
}
