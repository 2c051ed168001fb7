package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;

/**
 * How large packets to a peer may be, by what routers said (RFC 1191, RFC 8201).
 *
 * <p>Anybody can forge that. So it is believed only of peers with RPCs under way, only if it is less than our own link's, never
 * below what every path carries, and not for longer than {@link Tunable#PATH_MTU_SECS}: the worst that a lie does is small
 * packets for that time.
 *
 * <p>New messages are cut to it. A message under way keeps its boundaries, since a receiver may drop a packet that reaches over
 * the edge of what it lacks (the kernel module does). But a packet that is too large never arrives, so those of its packets
 * that have to go, or to go again, are each cut in themselves: every piece lies within one old packet.
 */
final class PathMtus {
    private static final int LEAST_IPV4 = 576;
    private static final int LEAST_IPV6 = 1280;

    private final int mtu;
    private final int outerBytes;
    private final long keptNs;

    PathMtus(HomaConfig config) {
        mtu = config.getInt(Tunable.MTU);
        outerBytes = config.getInt(Tunable.OUTER_BYTES);
        keptNs = config.get(Tunable.PATH_MTU_SECS) * 1_000_000_000L;
    }

    /** @return whether it was believed */
    boolean note(Peer peer, int told, long nowNs) {
        // Routers from before RFC 1191 say 0. A number above 31 bits is as good as none.
        int least = isIpv4(peer) ? LEAST_IPV4 : LEAST_IPV6;
        if (told < 0 || Math.max(told, least) >= of(peer, nowNs) || peer.liveRpcs == 0) {
            return false;
        }
        peer.mtu = Math.max(told, least);
        peer.mtuNotedNs = nowNs;
        return true;
    }

    /** Largest IP packet, in bytes. */
    private int of(Peer peer, long nowNs) {
        if (peer.mtu != 0 && nowNs - peer.mtuNotedNs >= keptNs) {
            peer.mtu = 0;
        }
        return peer.mtu == 0 ? mtu : Math.min(mtu, peer.mtu);
    }

    /** Message bytes in a full packet to a peer. */
    int segmentBytes(Peer peer, long nowNs) {
        int ip = isIpv4(peer) ? IpHeader.IPV4_BYTES : IpHeader.IPV6_BYTES;
        return of(peer, nowNs) - ip - outerBytes - HomaHeader.DATA_BYTES;
    }

    private static boolean isIpv4(Peer peer) {
        return IpHeader.isIpv4(peer.addressHigh(), peer.addressLow());
    }
}
