/** A small photo feed as microservices: the example to copy from. */
module dev.remora.samples.photos {
    requires ch.qos.logback.classic;
    requires com.google.guice;
    requires com.google.protobuf;
    requires com.h2database;
    requires dev.remora.homa;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires info.picocli;
    requires java.sql;
    requires org.slf4j;
    requires static org.jspecify;
    requires transitive dev.remora.api;

    exports dev.remora.samples.photos.demo;
    exports dev.remora.samples.photos.v1;

    // Guice and picocli read annotations and set fields by reflection.
    opens dev.remora.samples.photos.demo to
            info.picocli;
    opens dev.remora.samples.photos.node to
            com.google.guice,
            info.picocli;
    opens dev.remora.samples.photos.media to
            com.google.guice;
    opens dev.remora.samples.photos.posts to
            com.google.guice;
    opens dev.remora.samples.photos.timeline to
            com.google.guice;
    opens dev.remora.samples.photos.users to
            com.google.guice;
}
