/** A deterministic datacenter simulator that runs the Homa protocol unchanged. */
module dev.remora.homa.sim {
    requires transitive dev.remora.homa.protocol;
    requires HdrHistogram;
    requires static transitive org.jspecify;

    exports dev.remora.homa.sim;
    exports dev.remora.homa.sim.fault;
    exports dev.remora.homa.sim.experiment;
    exports dev.remora.homa.sim.net;
}
