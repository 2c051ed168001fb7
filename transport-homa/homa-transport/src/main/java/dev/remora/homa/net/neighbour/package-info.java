/** Which MAC address an IP address on the link has, and asking for it. */
@NullMarked
package dev.remora.homa.net.neighbour;

import org.jspecify.annotations.NullMarked;
