/** Spans for calls, through OpenTelemetry's API. */
module dev.remora.tracing {
    requires static transitive com.google.guice;
    requires static transitive org.jspecify;
    requires transitive dev.remora.api;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;
    requires dev.remora.runtime;
    requires org.slf4j;

    exports dev.remora.tracing;
}
