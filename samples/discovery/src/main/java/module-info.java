/** Servers of one service that come and go while calls go on. */
module dev.remora.samples.discovery {
    requires ch.qos.logback.classic;
    requires com.google.guice;
    requires com.google.protobuf;
    requires dev.remora.homa;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires info.picocli;
    requires org.slf4j;
    requires static org.jspecify;
    requires transitive dev.remora.api;

    exports dev.remora.samples.discovery;
    exports dev.remora.samples.discovery.v1;

    // Guice and picocli read annotations and set fields by reflection.
    opens dev.remora.samples.discovery to
            com.google.guice,
            info.picocli;
}
