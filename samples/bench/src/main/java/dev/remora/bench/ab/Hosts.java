package dev.remora.bench.ab;

import dev.remora.bench.ab.side.SideHost;
import java.io.IOException;

/** Where the processes of a run live. */
interface Hosts extends AutoCloseable {
    static Hosts of(AbPlan plan) throws IOException {
        return plan.onTestbed() ? NamespaceHosts.up(plan) : OneHost.make();
    }

    SideHost host(int index);

    /** Frames that were dropped on the way so far. */
    long drops();

    @Override
    void close();
}
