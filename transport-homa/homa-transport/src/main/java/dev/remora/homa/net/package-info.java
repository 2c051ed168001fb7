/** From frames to IP packets of peers: addresses, neighbours, ICMP. */
@NullMarked
package dev.remora.homa.net;

import org.jspecify.annotations.NullMarked;
