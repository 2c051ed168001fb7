/** A service to try things on, every shape of method in it. */
module dev.remora.samples.echo {
    requires com.google.protobuf;
    requires transitive dev.remora.api;
    requires static org.jspecify;

    exports dev.remora.samples.echo;
    exports dev.remora.samples.echo.v1;
}
