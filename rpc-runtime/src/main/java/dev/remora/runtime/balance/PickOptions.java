package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.spi.Endpoint;

/** Options of calls that a balancer understands, beside {@link CallOptions#WAIT_FOR_READY} and {@link CallOptions#HASH_KEY}. */
public final class PickOptions {
    /**
     * The one server to call, however it fares; one that the channel does not know is {@code UNAVAILABLE}. For asking about
     * health, and for tools.
     */
    public static final CallOptions.Key<Endpoint> PEER = CallOptions.Key.of("peer");

    private PickOptions() {}
}
