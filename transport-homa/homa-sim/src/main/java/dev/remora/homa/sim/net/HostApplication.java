package dev.remora.homa.sim.net;

import dev.remora.homa.protocol.HomaEvent;

/** What runs on a host above the protocol. It may give commands to the host's endpoint while it handles an event. */
public interface HostApplication {
    /** The event is filled anew afterwards; the message in it belongs to the application. */
    void onEvent(SimHost host, HomaEvent event, long nowNs);
}
