/** Streams of all three shapes: lines of logs that are shipped, followed and searched. */
module dev.remora.samples.logs {
    requires com.google.protobuf;
    requires dev.remora.homa;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires info.picocli;
    requires org.slf4j;
    requires static org.jspecify;
    requires transitive dev.remora.api;

    exports dev.remora.samples.logs;
    exports dev.remora.samples.logs.v1;

    opens dev.remora.samples.logs to
            info.picocli;

    uses dev.remora.spi.TransportProvider;
}
