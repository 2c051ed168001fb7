package dev.remora.homa.net;

import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.wire.IpHeader;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Which of our addresses talks to a peer, and whether directly or by the gateway. Immutable; allocates nothing per packet. */
public final class Routes {
    /** {@link #sourceFor}: none of our addresses can talk to this peer. */
    static final int NONE = -1;

    private final OwnAddress[] own;
    private final @Nullable IpAddress gateway4;
    private final @Nullable IpAddress gateway6;

    public Routes(InterfaceSettings settings) {
        own = settings.addresses().toArray(OwnAddress[]::new);
        gateway4 = settings.gateway4();
        gateway6 = settings.gateway6();
    }

    boolean isOwn(long high, long low) {
        for (OwnAddress mine : own) {
            if (mine.address().low() == low && mine.address().high() == high) {
                return true;
            }
        }
        return false;
    }

    /** Place of our address towards a peer, or {@link #NONE}. */
    int sourceFor(long high, long low) {
        boolean ipv4 = IpHeader.isIpv4(high, low);
        boolean linkLocal = !ipv4 && IpAddress.isLinkLocal(high);
        int best = NONE;
        for (int i = 0; i < own.length; i++) {
            IpAddress mine = own[i].address();
            if (mine.isIpv4() != ipv4 || (!ipv4 && IpAddress.isLinkLocal(mine.high()) != linkLocal)) {
                continue;
            }
            if (linkLocal || own[i].covers(high, low)) {
                return i;
            }
            if (best == NONE) {
                best = i;
            }
        }
        return best;
    }

    long sourceHigh(int place) {
        return own[place].address().high();
    }

    long sourceLow(int place) {
        return own[place].address().low();
    }

    /** Whether a host of this address is on our link. */
    boolean isOnLink(long high, long low) {
        if (IpAddress.isLinkLocal(high)) {
            return true;
        }
        for (OwnAddress mine : own) {
            if (mine.covers(high, low) && mine.address().isIpv4() == IpHeader.isIpv4(high, low)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a peer may have this address: one host, not ourselves, not a network's broadcast. */
    boolean isPeer(long high, long low) {
        if (!IpAddress.isUnicast(high, low) || isOwn(high, low)) {
            return false;
        }
        for (OwnAddress mine : own) {
            if (mine.isReserved(high, low)) {
                return false;
            }
        }
        return true;
    }

    /** For peers off the link. */
    @Nullable
    IpAddress gateway(boolean ipv4) {
        return ipv4 ? gateway4 : gateway6;
    }

    /** The first of our addresses: what listening on all of them is called by. */
    IpAddress first() {
        return own[0].address();
    }

    /** Why there is no way to a peer and what to do, or null if there is one. */
    @Nullable
    String obstacle(IpAddress peer) {
        if (isOwn(peer.high(), peer.low())) {
            return peer + " is this process's own interface, which does not carry packets to itself: within one host"
                    + " use the host network";
        }
        if (!isPeer(peer.high(), peer.low())) {
            return peer + " is not the address of a single host";
        }
        if (sourceFor(peer.high(), peer.low()) == NONE) {
            return "the interface has no address of the family and scope of " + peer + ": it has " + addresses()
                    + "; add one";
        }
        if (!isOnLink(peer.high(), peer.low()) && gateway(peer.isIpv4()) == null) {
            return peer + " is in none of the networks " + addresses()
                    + " and no gateway is set: set one, or correct the prefix length";
        }
        return null;
    }

    /** All of ours, with their prefix lengths. */
    String addresses() {
        StringJoiner texts = new StringJoiner(", ");
        for (OwnAddress mine : own) {
            texts.add(mine.toString());
        }
        return texts.toString();
    }
}
