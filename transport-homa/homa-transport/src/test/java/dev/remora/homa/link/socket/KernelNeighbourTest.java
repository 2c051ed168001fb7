package dev.remora.homa.link.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.EthernetPort;
import dev.remora.homa.net.InterfaceSettings;
import dev.remora.homa.net.OwnAddress;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.net.PortCounter;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our ARP, neighbour discovery and echo against those of Linux, at the other end of a veth pair. */
class KernelNeighbourTest {
    private static final PacketSink NOBODY = new PacketSink() {
        @Override
        public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {}

        @Override
        public void onMore(MemorySegment memory, long at, int bytes) {}

        @Override
        public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int port) {}

        @Override
        public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {}

        @Override
        public void onBurstEnd() {}
    };

    private Namespaces namespaces;
    private Namespaces.Space kernel;
    private EthernetPort port;
    private long ourMac;

    @BeforeEach
    void open() {
        namespaces = Namespaces.create();
        kernel = namespaces.second();
        kernel.ip("addr", "add", "10.77.0.2/24", "dev", kernel.interfaceName());
        ourMac = namespaces.first().facts().mac();
        PacketSocketConfig config = PacketSocketConfig.of(namespaces.first().interfaceName());
        PacketSocketQueue queue =
                namespaces.first().in(() -> PacketSocketQueue.open(config)).getFirst();
        // The kernel of the first namespace has no address: these are ours alone, and ours to answer.
        port = new EthernetPort(
                queue, InterfaceSettings.of(ourMac, OwnAddress.parse("10.77.0.1/24"), OwnAddress.parse("fd77::1/64")));
    }

    @AfterEach
    void close() {
        if (port != null) {
            port.close();
        }
        if (namespaces != null) {
            namespaces.close();
        }
    }

    /** Has Linux send us an ICMP echo from its namespace (as root Java does that itself), while the port is served. */
    private boolean isReached(String ip) throws Exception {
        CompletableFuture<Boolean> echo = CompletableFuture.supplyAsync(
                () -> kernel.in(() -> InetAddress.getByName(ip).isReachable(20_000)));
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!echo.isDone() && System.nanoTime() - endNs < 0) {
            port.receive(NOBODY, System.nanoTime());
        }
        return echo.get(1, TimeUnit.SECONDS);
    }

    /** Waits until a packet to the kernel could be sent. */
    private long way(String ip) {
        IpAddress peer = IpAddress.parse(ip);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        long at = PacketPort.NO_ROUTE;
        while (at < 0 && System.nanoTime() - endNs < 0) {
            at = port.reserve(peer.high(), peer.low(), 100);
            port.receive(NOBODY, System.nanoTime());
        }
        return at;
    }

    private void enableIpv6() {
        Path disabled = Path.of("/proc/sys/net/ipv6/conf/" + kernel.interfaceName() + "/disable_ipv6");
        if (!kernel.in(() -> Files.exists(disabled))) {
            Machine.skip("this kernel has no IPv6");
        }
        kernel.in(() -> Files.writeString(disabled, "0"));
        kernel.ip("addr", "add", "fd77::2/64", "dev", kernel.interfaceName(), "nodad");
    }

    private String neighboursOfTheKernel() {
        return Machine.run(List.of("ip", "-n", kernel.interfaceName(), "neigh", "show"))
                .text();
    }

    @Test
    void linuxFindsAndPingsUs() throws Exception {
        assertThat(isReached("10.77.0.1")).isTrue();
        assertThat(port.counters().get(PortCounter.ECHOES_ANSWERED)).isPositive();
        assertThat(neighboursOfTheKernel()).contains("10.77.0.1 ").contains(MacAddress.text(ourMac));
    }

    @Test
    void weFindLinux() {
        assertThat(way("10.77.0.2")).isNotNegative();
        assertThat(port.counters().get(PortCounter.NEIGHBOURS_ASKED)).isPositive();
    }

    @Test
    void linuxFindsAndPingsUsOverIpv6() throws Exception {
        enableIpv6();
        assertThat(isReached("fd77::1")).isTrue();
        assertThat(port.counters().get(PortCounter.ECHOES_ANSWERED)).isPositive();
        assertThat(neighboursOfTheKernel()).contains("fd77::1 ").contains(MacAddress.text(ourMac));
    }

    @Test
    void weFindLinuxOverIpv6() {
        enableIpv6();
        assertThat(way("fd77::2")).isNotNegative();
        assertThat(port.counters().get(PortCounter.BAD_ND)).isZero();
    }
}
