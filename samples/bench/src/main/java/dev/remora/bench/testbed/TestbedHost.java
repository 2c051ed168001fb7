package dev.remora.bench.testbed;

/**
 * A host of a testbed.
 *
 * @param index from 0
 * @param name {@code h0}, {@code h1}, ...
 * @param namespace its network namespace, as {@code ip netns} names it
 * @param address its IPv4 address
 * @param interfaceName its interface in the namespace
 */
public record TestbedHost(int index, String name, String namespace, String address, String interfaceName) {
    /** Leading bits that all addresses share. */
    static final int PREFIX_BITS = 24;

    /** The network of every testbed: each has its own namespaces, so they do not meet. */
    static final String NETWORK = "10.77.0.0/" + PREFIX_BITS;

    private static final String INTERFACE = "eth0";

    static TestbedHost of(TestbedTag tag, int index) {
        return new TestbedHost(index, "h" + index, tag.host(index), "10.77.0." + (index + 1), INTERFACE);
    }

    /** The interface of the switch that leads to it. */
    String port() {
        return "p" + index;
    }
}
