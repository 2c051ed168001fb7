package dev.remora.runtime;

import dev.remora.api.ServiceDescriptor;
import java.util.List;

/** A service that wants to know of the life of the server that serves it implements this, too. */
public interface ServerLifecycle {
    /**
     * The server is about to listen.
     *
     * @param services all it will serve
     */
    default void onStart(List<ServiceDescriptor> services) {}

    /**
     * The server drains: in a moment it refuses new calls, and then it waits for those in progress. Calls that wait for
     * nothing but the end of the server must end now. Must not block.
     */
    default void onDrain() {}
}
