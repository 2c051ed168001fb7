/** Benchmarks: our transports and their opponents. Runs from the class path, like the opponents' own jars. */
module dev.remora.bench {
    requires com.fasterxml.jackson.databind;
    requires dev.remora.api;
    requires dev.remora.homa;
    requires dev.remora.runtime;
    requires dev.remora.tcp;
    requires HdrHistogram;
    requires info.picocli;
    requires io.aeron.client;
    requires io.aeron.driver;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;
    requires java.management;
    requires jdk.management;
    requires org.agrona;
    requires static org.jspecify;

    exports dev.remora.bench;
    exports dev.remora.bench.ab;
    exports dev.remora.bench.ab.result;
    exports dev.remora.bench.load;
    exports dev.remora.bench.testbed;

    opens dev.remora.bench to
            info.picocli;
    opens dev.remora.bench.ab to
            com.fasterxml.jackson.databind,
            info.picocli;
    opens dev.remora.bench.ab.result to
            com.fasterxml.jackson.databind;
    // Records of this package are shown to the page as they are.
    opens dev.remora.bench.report to
            com.fasterxml.jackson.databind;
    opens dev.remora.bench.echo to
            info.picocli;
    opens dev.remora.bench.hedge to
            info.picocli;
    opens dev.remora.bench.option to
            info.picocli;
    opens dev.remora.bench.process to
            info.picocli;
    opens dev.remora.bench.queue to
            info.picocli;
    opens dev.remora.bench.stream to
            info.picocli;
    opens dev.remora.bench.testbed to
            info.picocli;
}
