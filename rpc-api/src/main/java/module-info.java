/** What generated code and applications import, and the transport SPI. */
module dev.remora.api {
    requires transitive com.google.protobuf;
    // generated code carries javax.annotation.processing.Generated
    requires static transitive java.compiler;
    requires static transitive org.jspecify;

    exports dev.remora.api;
    exports dev.remora.api.stub;
    exports dev.remora.options;
    exports dev.remora.spi;
}
