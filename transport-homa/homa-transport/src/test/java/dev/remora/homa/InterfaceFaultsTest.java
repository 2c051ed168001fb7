package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.LossyQueue;
import dev.remora.spi.ClientTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
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
    @CsvSource({
        "packet-socket, 4, tcp-header, 0, 1",
        "packet-socket, 4, tcp-header, 0.01, 1",
        "packet-socket, 4, tcp-header, 0.05, 1",
        "packet-socket, 4, udp, 0.05, 1",
        "packet-socket, 6, tcp-header, 0, 1",
        "packet-socket, 6, tcp-header, 0.01, 1",
        "packet-socket, 6, tcp-header, 0.05, 1",
        "packet-socket, 6, udp, 0.01, 1",
        "packet-socket, 6, homa, 0.05, 1",
        "packet-socket, 4, tcp-header, 0.02, 2",
        "packet-socket, 4, udp, 0.02, 2",
        "packet-socket, 6, homa, 0.02, 2",
        "af-packet, 4, tcp-header, 0, 1",
        "af-packet, 4, tcp-header, 0.01, 1",
        "af-packet, 4, tcp-header, 0.05, 1",
        "af-packet, 4, udp, 0.01, 1",
        "af-packet, 6, tcp-header, 0, 1",
        "af-packet, 6, tcp-header, 0.01, 1",
        "af-packet, 6, tcp-header, 0.05, 1",
        "af-packet, 6, udp, 0.05, 1",
        "af-packet, 6, homa, 0.01, 1",
        "af-packet, 4, tcp-header, 0.02, 2",
        "af-packet, 6, udp, 0.02, 2"
    })
    void nothingIsLostAndNothingDoneTwice(String link, int family, String encapsulation, double loss, int engines)
            throws Exception {
        long seed = System.nanoTime();
        System.out.println("InterfaceFaultsTest " + link + " " + family + " " + encapsulation + " " + loss + " "
                + engines + ": seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> settings = Map.of(
                "interface.link",
                link,
                "encapsulation",
                encapsulation,
                "engines",
                Integer.toString(engines),
                // These transports had no earlier life: requests of which all was lost are asked for from the start.
                "protocol.quarantine-ns",
                "0");
        Map<String, String> caller = new HashMap<>(settings);
        Map<String, String> server = new HashMap<>(settings);
        if (family == 6) {
            caller.put("interface.address", "fd00:77::1/64");
            server.put("interface.address", "fd00:77::2/64");
        }
        long callerSeed = random.nextLong();
        long serverSeed = random.nextLong();
        HomaTransport calling = rig.transport(rig.spaces.first(), caller, below -> lossy(below, loss, callerSeed));
        HomaTransport serving = rig.transport(rig.spaces.second(), server, below -> lossy(below, loss, serverSeed));
        ClientTransport client = InterfaceRig.client(calling, serving, rig::echo);
        try (TcpSession tcp = new TcpSession(rig.spaces, InterfaceRig.SERVER)) {
            // Too short for a number; how often it is executed is not known.
            for (int bytes = 1; bytes < Long.BYTES; bytes++) {
                byte[] request = MessagePattern.bytes(bytes, bytes);
                assertThat(rig.await(InterfaceRig.call(client, request), bytes + " bytes"))
                        .isEqualTo(request);
            }
            List<byte[]> requests = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                requests.add(request(i, random.nextInt(Long.BYTES, i % 10 == 0 ? LARGE_BYTES : SMALL_BYTES)));
            }
            requests.add(request(CALLS, LARGEST_BYTES));
            List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                if (i >= AT_A_TIME) {
                    rig.await(outcomes.get(i - AT_A_TIME), "call " + (i - AT_A_TIME));
                }
                outcomes.add(InterfaceRig.call(client, requests.get(i)));
                tcp.goOn();
            }
            for (int i = 0; i < requests.size(); i++) {
                assertThat(rig.await(outcomes.get(i), "call " + i)).isEqualTo(requests.get(i));
            }
            assertThat(tcp.end()).as("times that TCP went to and fro").isEqualTo(requests());
        }
        assertThat(rig.executions).hasSize(requests());
        rig.executions.forEach((number, times) ->
                assertThat(times).as("executions of request %d", number).hasValue(1));
        for (LossyQueue queue : queues) {
            if (loss > 0) {
                assertThat(queue.lost()).isPositive();
            }
            assertThat(queue.doubled()).isPositive();
            assertThat(queue.delayed()).isPositive();
        }
        rig.assertNothingIsHeld();
    }

    private static int requests() {
        return CALLS + 1;
    }
}
