/** For tests of services: a JUnit 5 extension, faults by rule, buffers that are missed when lost. */
module dev.remora.testing {
    requires static transitive com.google.guice;
    requires static transitive org.jspecify;
    // only the extension needs it
    requires static org.junit.jupiter.api;
    requires transitive dev.remora.api;
    requires transitive dev.remora.runtime;
    requires org.slf4j;

    exports dev.remora.testing;
    exports dev.remora.testing.fault;
    exports dev.remora.testing.leak;
}
