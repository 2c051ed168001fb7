/** One small program per feature, each run by a test. */
module dev.remora.samples.features {
    requires com.google.guice;
    requires com.google.protobuf;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires dev.remora.testing;
    requires dev.remora.tracing;
    requires io.opentelemetry.sdk;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.trace;
    requires proto.google.common.protos;
    requires org.slf4j;
    requires static org.jspecify;
    requires transitive dev.remora.api;
    requires typesafe.config;

    exports dev.remora.samples.features.compression;
    exports dev.remora.samples.features.errors;
    exports dev.remora.samples.features.faults;
    exports dev.remora.samples.features.logging;
    exports dev.remora.samples.features.process;
    exports dev.remora.samples.features.tracing;
    exports dev.remora.samples.features.v1;

    opens dev.remora.samples.features.process to
            com.google.guice;
}
