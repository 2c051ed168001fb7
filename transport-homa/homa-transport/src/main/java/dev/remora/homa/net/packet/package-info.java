/** The formats around IP: Ethernet, ARP, neighbour discovery, echo. Only bytes, no state. */
@NullMarked
package dev.remora.homa.net.packet;

import org.jspecify.annotations.NullMarked;
