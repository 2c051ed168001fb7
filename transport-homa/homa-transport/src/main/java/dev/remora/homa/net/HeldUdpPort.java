package dev.remora.homa.net;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Homa's UDP port, bound in the kernel on addresses that the kernel has, so that it does not tell our peers by ICMP that nobody
 * listens there. Our packets come by another way; the kernel's copies are never read. Their buffer is the smallest there is, so
 * the kernel drops them after the second one without any work of ours, and counts them in {@code UdpRcvbufErrors}.
 *
 * <p>When the last process that holds the port ends, however it ends, the kernel does tell the peers. That is as it should be.
 */
public final class HeldUdpPort implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HeldUdpPort.class);

    private final List<DatagramChannel> sockets = new ArrayList<>();

    private HeldUdpPort() {}

    /**
     * Binds it in the network namespace of the calling thread. Several processes may hold the same port.
     *
     * @param addresses of the kernel; may be empty
     * @throws TransportException BIND if another program has the port for itself
     */
    public static HeldUdpPort bind(List<InetAddress> addresses, int port) {
        HeldUdpPort held = new HeldUdpPort();
        for (InetAddress address : addresses) {
            try {
                held.sockets.add(open(new InetSocketAddress(address, port)));
            } catch (IOException | UnsupportedOperationException e) {
                held.close();
                String remedy = e instanceof BindException
                        ? "another program has it for itself, or it needs rights that this process lacks: choose another port by"
                                + " remora.homa.udp-port, the same on all hosts"
                        : "see the cause";
                throw new TransportException(
                        Reason.BIND,
                        "cannot hold UDP port " + port + " of " + address.getHostAddress()
                                + ", which Homa uses with remora.homa.encapsulation = udp: " + remedy,
                        e);
            }
        }
        return held;
    }

    private static DatagramChannel open(InetSocketAddress address) throws IOException {
        boolean ipv4 = address.getAddress().getAddress().length == 4;
        DatagramChannel socket =
                DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            // Unlike SO_REUSEPORT it lets processes of different users share the port.
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.setOption(StandardSocketOptions.SO_RCVBUF, 1);
            return socket.bind(address);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        for (DatagramChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                log.debug("a UDP socket that was never read did not close", e);
            }
        }
        sockets.clear();
    }
}
