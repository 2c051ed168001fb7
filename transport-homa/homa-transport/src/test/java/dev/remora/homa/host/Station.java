package dev.remora.homa.host;

import dev.remora.homa.link.Offload;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.net.PeerAddress;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.Segmenter;
import dev.remora.spi.Endpoint;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A network with something that drives its port: sends DATA, and keeps what comes. One thread. */
final class Station implements AutoCloseable, PacketSink {
    private static final int SEGMENT = 1_424;

    final HostNetwork network;
    final ConcurrentLinkedQueue<PeerAddress> lost = new ConcurrentLinkedQueue<>();
    final List<byte[]> received = new ArrayList<>();
    final List<PeerAddress> senders = new ArrayList<>();
    final List<String> unreachable = new ArrayList<>();
    /** By number of the engine's port. */
    final List<Integer> receivedBy = new ArrayList<>();

    /** Whose port sends. */
    int engine;

    private int polled;
    /** Whether to answer packets with "nobody listens". */
    boolean refuses;

    private final ByteArrayOutputStream current = new ByteArrayOutputStream();
    private int expected;

    Station(HostSettings settings) {
        network = HostNetwork.open(settings);
        network.onPeerLost(lost::add);
    }

    /** Looks for a server, and meanwhile drives some stations. Null if it is not found, with the problem in {@code problems}. */
    @Nullable
    PeerAddress resolve(int port, List<String> problems, Station... driven) {
        CompletableFuture<@Nullable PeerAddress> outcome = find(port, problems);
        Machine.until("an answer about port " + port, () -> {
            poll();
            for (Station station : driven) {
                station.poll();
            }
            return outcome.isDone();
        });
        return outcome.join();
    }

    CompletableFuture<@Nullable PeerAddress> find(int port, List<String> problems) {
        CompletableFuture<@Nullable PeerAddress> outcome = new CompletableFuture<>();
        network.resolve(new Endpoint("localhost", port), new dev.remora.homa.net.Network.Resolution() {
            @Override
            public void found(PeerAddress server) {
                outcome.complete(server);
            }

            @Override
            public void notFound(String problem) {
                problems.add(problem);
                outcome.complete(null);
            }
        });
        return outcome;
    }

    PeerAddress resolve(int port, Station... driven) {
        List<String> problems = new ArrayList<>();
        PeerAddress found = resolve(port, problems, driven);
        if (found == null) {
            throw new AssertionError(problems);
        }
        return found;
    }

    /** That of the engine that sends. */
    HostPort port() {
        return network.hostPorts().get(engine);
    }

    int poll() {
        int frames = 0;
        for (polled = 0; polled < network.ports().size(); polled++) {
            HostPort port = network.hostPorts().get(polled);
            frames += port.receive(this, System.nanoTime());
            port.flush();
        }
        return frames;
    }

    /** Sends one DATA packet, or a frame to be cut; false when there is no room. */
    boolean send(PeerAddress to, byte[] data) {
        HostPort port = port();
        long at = port.reserve(to.high(), to.low(), 20 + HomaHeader.DATA_BYTES + data.length);
        if (at < 0) {
            return false;
        }
        MemorySegment header = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
        boolean cut = data.length > SEGMENT;
        HomaHeader.writeCommon(header, 0, 61_000, to.port(), 0, HomaHeader.DATA, HomaHeader.DATA_WORDS, 4);
        HomaHeader.writeData(header, 0, data.length, data.length, 0, 0, 0, false, 0, cut ? HomaHeader.NO_OFFSET : 0);
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.TCP_HEADER, port.sourceHigh(), port.sourceLow(), to.high(), to.low());
        segmenter.unit(0, 0, header, 0, MemorySegment.ofArray(data), 0, data.length, SEGMENT);
        if (cut) {
            int bytes = segmenter.tsoFrame(port.memory(), at, ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH);
            port.commit(bytes, Offload.SEGMENTATION, SEGMENT);
        } else {
            int bytes = segmenter.segment(0, port.memory(), at, ChecksumSeed.PSEUDO_HEADER);
            port.commit(bytes, Offload.TCP_CHECKSUM, 0);
        }
        port.flush();
        return true;
    }

    @Override
    public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {
        if (refuses) {
            network.hostPorts().get(polled).refuse(memory, packet);
            return;
        }
        current.reset();
        expected = packet.homaLength() - HomaHeader.DATA_BYTES;
        senders.add(new PeerAddress(
                packet.sourceHigh(), packet.sourceLow(), HomaHeader.sourcePort(memory, packet.homaOffset())));
        onMore(memory, packet.homaOffset() + HomaHeader.DATA_BYTES, contiguous - HomaHeader.DATA_BYTES);
    }

    @Override
    public void onMore(MemorySegment memory, long at, int bytes) {
        byte[] piece = new byte[bytes];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, piece, 0, bytes);
        current.writeBytes(piece);
        if (current.size() == expected) {
            received.add(current.toByteArray());
            receivedBy.add(polled);
        }
    }

    @Override
    public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int port) {
        unreachable.add(kind + " " + Long.toHexString(peerLow) + " " + port);
    }

    @Override
    public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {}

    @Override
    public void onBurstEnd() {
        // All was copied.
    }

    @Override
    public void close() {
        network.hostPorts().all().forEach(HostPort::close);
        network.close();
    }
}
