/** Homa over DPDK as a transport. */
module dev.remora.homa {
    requires transitive dev.remora.api;
    requires dev.remora.homa.protocol;
    requires dev.remora.dpdk;
    requires static transitive org.jspecify;
    requires org.slf4j;
    // Without Guice it is built by hand.
    requires static com.google.guice;

    exports dev.remora.homa;

    provides dev.remora.spi.TransportProvider with
            dev.remora.homa.HomaTransportProvider;
}
