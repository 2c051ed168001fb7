/** Retries, hedging, circuit breaking and shedding, against servers that get into trouble. */
module dev.remora.samples.resilience {
    requires com.google.guice;
    requires com.google.protobuf;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires info.picocli;
    requires static org.jspecify;
    requires transitive dev.remora.api;

    exports dev.remora.samples.resilience;
    exports dev.remora.samples.resilience.v1;

    // Guice and picocli read annotations and set fields by reflection.
    opens dev.remora.samples.resilience to
            com.google.guice,
            info.picocli;
}
