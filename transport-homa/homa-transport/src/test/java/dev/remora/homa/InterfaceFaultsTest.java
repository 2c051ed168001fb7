package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.LossyQueue;
import dev.remora.spi.ClientTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets of both sides are lost, doubled and overtaken: calls are not. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterfaceFaultsTest {
    private static final int CALLS = 400;
    private static final int AT_A_TIME = 40;
    private static final int SMALL_BYTES = 3_000;
    private static final int LARGE_BYTES = 200_000;
    private static final int LARGEST_BYTES = 10_000_000;
    private static final double OTHERS = 0.02;

    private final InterfaceRig rig = new InterfaceRig();
    private final List<LossyQueue> queues = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private LossyQueue lossy(FrameQueue below, double loss, long seed) {
        LossyQueue queue = new LossyQueue(below, loss, OTHERS, seed);
        queues.add(queue);
        return queue;
    }

    private static byte[] request(long number, int bytes) {
        byte[] request = MessagePattern.bytes(number, bytes);
        ByteBuffer.wrap(request).putLong(number);
        return request;
    }

    @ParameterizedTest
    @CsvSource({"packet-socket, 0.01", "packet-socket, 0.05", "af-packet, 0.01", "af-packet, 0.05"})
    void nothingIsLostAndNothingDoneTwice(String link, double loss) throws Exception {
        long seed = System.nanoTime();
        System.out.println("InterfaceFaultsTest " + link + " " + loss + ": seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> settings = Map.of("interface.link", link);
        long callerSeed = random.nextLong();
        long serverSeed = random.nextLong();
        HomaTransport calling = rig.transport(rig.spaces.first(), settings, below -> lossy(below, loss, callerSeed));
        HomaTransport serving = rig.transport(rig.spaces.second(), settings, below -> lossy(below, loss, serverSeed));
        ClientTransport client = InterfaceRig.client(calling, serving, rig::echo);
        try (TcpSession tcp = new TcpSession(rig.spaces, InterfaceRig.SERVER)) {
            List<byte[]> requests = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                requests.add(request(i, random.nextInt(Long.BYTES, i % 10 == 0 ? LARGE_BYTES : SMALL_BYTES)));
            }
            requests.add(request(CALLS, LARGEST_BYTES));
            List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                if (i >= AT_A_TIME) {
                    Patience.await(outcomes.get(i - AT_A_TIME), "call " + (i - AT_A_TIME));
                }
                outcomes.add(InterfaceRig.call(client, requests.get(i)));
            }
            for (int i = 0; i < requests.size(); i++) {
                assertThat(Patience.await(outcomes.get(i), "call " + i)).isEqualTo(requests.get(i));
            }
            assertThat(tcp.end()).isPositive();
        }
        assertThat(rig.executions).hasSize(requests());
        rig.executions.forEach((number, times) ->
                assertThat(times).as("executions of request %d", number).hasValue(1));
        for (LossyQueue queue : queues) {
            assertThat(queue.lost()).isPositive();
            assertThat(queue.doubled()).isPositive();
            assertThat(queue.delayed()).isPositive();
        }
        rig.assertNothingIsHeld();
    }

    private static int requests() {
        return CALLS + 1;
    }
}
