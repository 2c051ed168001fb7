package dev.remora.homa;

import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Namespaces;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;

/** Datagrams of the kernels that go to and fro over the same interfaces until it is closed. */
final class UdpSession implements AutoCloseable {
    private static final int BYTES = 1_000;
    /** Longer than any is on its way; only a lost one is waited for so long. */
    private static final int LOST_AFTER_MS = 500;

    private final DatagramSocket server;
    private final DatagramSocket caller;
    private final AtomicLong rounds = new AtomicLong();
    private volatile boolean ending;

    UdpSession(Namespaces spaces, String address) throws IOException {
        InetAddress ip = InetAddress.ofLiteral(address);
        server = spaces.second().in(() -> new DatagramSocket(0, ip));
        caller = spaces.first().in(() -> new DatagramSocket());
        caller.connect(ip, server.getLocalPort());
        caller.setSoTimeout(LOST_AFTER_MS);
        Thread.ofPlatform().daemon().name("udp-echo").start(this::echo);
        Thread.ofPlatform().daemon().name("udp-talk").start(this::talk);
    }

    private void echo() {
        DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
        try {
            while (!ending) {
                packet.setLength(BYTES);
                server.receive(packet);
                server.send(packet);
            }
        } catch (IOException e) {
            check(e);
        }
    }

    private void talk() {
        DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
        while (!ending) {
            try {
                caller.send(packet);
                packet.setLength(BYTES);
                caller.receive(packet);
                rounds.incrementAndGet();
            } catch (IOException e) {
                check(e);
            }
        }
    }

    private void check(IOException e) {
        if (!ending && !(e instanceof java.net.SocketTimeoutException)) {
            throw new AssertionError(e);
        }
    }

    /** Waits until so many more datagrams came back. */
    void awaitRounds(int more) {
        long until = rounds.get() + more;
        Patience.until(() -> rounds.get() >= until, "UDP goes on");
    }

    @Override
    public void close() {
        ending = true;
        caller.close();
        server.close();
    }
}
