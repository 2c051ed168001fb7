package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** New vhost devices, one after the other, and a peer that asks each a question. Ends with 0 if they answer at once. */
public final class VhostEventsProgram {
    private static final int DEVICES = 6;
    /** DPDK's thread looks once a second by itself, so that each of the first answers would take nearly so long. */
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(2);

    /** VHOST_USER_GET_FEATURES of version 1 without a body; the answer has one of 8 bytes. */
    private static final int GET_FEATURES = 1;

    private static final int HEADER_BYTES = 12;

    private VhostEventsProgram() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        EalConfig config =
                EalConfig.builder().memoryMb(64).hugepages(HugepagePolicy.NONE).build();
        try (Eal eal = Eal.start(config)) {
            MbufPool pool = eal.createPool(PoolConfig.of("events-pool", 1_023));
            long waitedNs = 0;
            for (int i = 0; i < DEVICES; i++) {
                Path socket = folder.resolve("listens" + i);
                Port port = eal.attach(VhostDevice.at(socket));
                port.configure(PortConfig.builder().build(), pool);
                waitedNs += answerNs(socket);
                eal.detach(port);
            }
            assertThat(waitedNs)
                    .as("ns until %d devices have answered", DEVICES)
                    .isLessThan(LIMIT_NS);
            somethingInTheWay(eal, pool, folder);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(VhostEvents.momentary(folder.resolve("last")));
        }
        System.out.println("all holds");
    }

    /** Somebody's file has the name that the socket for a moment would have. */
    private static void somethingInTheWay(Eal eal, MbufPool pool, Path folder) throws IOException {
        Path socket = folder.resolve("last");
        Path file = Files.writeString(VhostEvents.momentary(socket), "of somebody");
        Port port = eal.attach(VhostDevice.at(socket));
        port.configure(PortConfig.builder().build(), pool);
        assertThat(answerNs(socket)).as("ns").isPositive();
        eal.detach(port);
        assertThat(file).hasContent("of somebody");
    }

    private static long answerNs(Path socket) throws IOException {
        long start = System.nanoTime();
        try (SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            peer.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer question = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.nativeOrder());
            question.putInt(GET_FEATURES).putInt(1).putInt(0).flip();
            peer.write(question);
            ByteBuffer answer = ByteBuffer.allocate(HEADER_BYTES + Long.BYTES).order(ByteOrder.nativeOrder());
            while (answer.hasRemaining()) {
                assertThat(peer.read(answer)).as("bytes of the answer").isPositive();
            }
            assertThat(answer.getInt(0)).isEqualTo(GET_FEATURES);
        }
        return System.nanoTime() - start;
    }
}
