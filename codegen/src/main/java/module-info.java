/** The protoc plugin. Nothing is exported: it is a program. */
module dev.remora.codegen {
    requires com.google.protobuf;
    requires com.palantir.javapoet;
    requires java.compiler;
    requires static org.jspecify;
}
