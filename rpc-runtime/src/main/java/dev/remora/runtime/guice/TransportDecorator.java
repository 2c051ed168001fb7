package dev.remora.runtime.guice;

import dev.remora.spi.Transport;

/** Puts something around the transport of a node, such as faults for a test. Bound as one of a set. */
@FunctionalInterface
public interface TransportDecorator {
    /** A transport that uses the other one, or that one itself. Whoever closes the result closes both. */
    Transport decorate(Transport transport);
}
