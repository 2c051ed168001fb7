package dev.remora.tcp;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;

/** Looks a host up, anew each time, so that a peer that has moved is found. Never on an event loop. */
final class PeerAddresses {
    /** More addresses than this cannot all be tried within a useful time. */
    private static final int MAX_ADDRESSES = 8;

    private PeerAddresses() {}

    /** Calls one of the two, at once for a literal address, else on another thread. */
    static void resolve(String host, Consumer<List<InetAddress>> found, Consumer<UnknownHostException> unknown) {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            lookUp(host, found, unknown);
        } else {
            Thread.ofVirtual().name("remora-tcp-resolve-" + host).start(() -> lookUp(host, found, unknown));
        }
    }

    private static void lookUp(String host, Consumer<List<InetAddress>> found, Consumer<UnknownHostException> unknown) {
        List<InetAddress> addresses;
        try {
            addresses = List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            unknown.accept(e);
            return;
        }
        found.accept(addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size())));
    }
}
