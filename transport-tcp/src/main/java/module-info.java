/** Kernel TCP over Netty. */
module dev.remora.tcp {
    requires transitive dev.remora.api;
    requires static transitive org.jspecify;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires org.slf4j;
    // Optional: without the natives the transport runs on NIO, without Guice it is built by hand.
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.classes.io_uring;
    requires static com.google.guice;

    exports dev.remora.tcp;

    provides dev.remora.spi.TransportProvider with
            dev.remora.tcp.TcpTransportProvider;
}
