/** The simulated network: packets, ports, switches, network cards, and the hosts that run the protocol. */
@NullMarked
package dev.remora.homa.sim.net;

import org.jspecify.annotations.NullMarked;
