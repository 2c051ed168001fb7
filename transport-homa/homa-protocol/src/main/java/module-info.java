/** The Homa protocol: a state machine without clock, thread or I/O. */
module dev.remora.homa.protocol {
    requires static transitive org.jspecify;

    exports dev.remora.homa.protocol;
    exports dev.remora.homa.protocol.receive;
    exports dev.remora.homa.protocol.wire;
}
