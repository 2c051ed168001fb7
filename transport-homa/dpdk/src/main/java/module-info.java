/** DPDK from Java. Loads no native code until {@link dev.remora.dpdk.Dpdk#load} is called. */
module dev.remora.dpdk {
    requires static transitive org.jspecify;

    exports dev.remora.dpdk;
    exports dev.remora.dpdk.device;
    exports dev.remora.dpdk.doctor;
    exports dev.remora.dpdk.memory;
    exports dev.remora.dpdk.port;
}
