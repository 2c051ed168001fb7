package dev.remora.bench.ab;

import dev.remora.bench.ab.side.SideHost;
import dev.remora.bench.testbed.Testbed;
import dev.remora.bench.testbed.TestbedHost;
import dev.remora.bench.testbed.TestbedPlan;

/** Hosts of their own behind a switch. */
record NamespaceHosts(Testbed testbed) implements Hosts {
    static NamespaceHosts up(AbPlan plan) {
        return new NamespaceHosts(Testbed.up(new TestbedPlan(
                plan.hosts(),
                plan.linkMbps(),
                plan.bufferBytes(),
                plan.mtu(),
                plan.congestionControl(),
                plan.offloads())));
    }

    @Override
    public SideHost host(int index) {
        TestbedHost host = testbed.hosts().get(index);
        return new SideHost(
                host.namespace(),
                host.address(),
                host.interfaceName(),
                testbed.plan().linkMbps(),
                "");
    }

    @Override
    public long drops() {
        return testbed.drops();
    }

    @Override
    public void close() {
        testbed.close();
    }
}
