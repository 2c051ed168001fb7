package dev.remora.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.tcp.TcpTransport;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers as processes that register in ZooKeeper; one is killed, one is asked to end, one comes; calls go on. */
class KilledServerTest {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private final Map<String, Process> processes = new HashMap<>();

    @AfterEach
    void endProcesses() throws Exception {
        for (Process process : processes.values()) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(String target, String name) throws Exception {
        Process process = RegisteredServer.start(target, name);
        processes.put(name, process);
        return process;
    }

    @Test
    void callsGoOnWhileServersDieAndCome() throws Exception {
        try (EmbeddedZookeeper zookeeper = new EmbeddedZookeeper(true);
                TcpTransport transport = TcpTransport.builder().build();
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(zookeeper.target("/services/who"))
                        .resolvers(EmbeddedZookeeper.resolvers())
                        .build()) {
            Process a = start(zookeeper.target("/services/who"), "a");
            Process b = start(zookeeper.target("/services/who"), "b");
            Set<String> answers = new HashSet<>();
            callUntil(channel, answers, () -> answers.equals(Set.of("a", "b")));

            long killedNs = System.nanoTime();
            a.destroyForcibly().waitFor();
            callUntil(channel, answers, () -> channel.peers().size() == 1);
            assertThat(Duration.ofNanos(System.nanoTime() - killedNs))
                    .as("removed when the session ended, not before")
                    .isGreaterThan(Duration.ofMillis(200));
            answers.clear();
            callUntil(channel, answers, () -> answers.contains("b"));
            assertThat(answers).containsExactly("b");

            start(zookeeper.target("/services/who"), "c");
            callUntil(channel, answers, () -> answers.contains("c"));

            b.getOutputStream().close();
            callUntil(channel, answers, () -> channel.peers().size() == 1);
            answers.clear();
            callUntil(channel, answers, () -> answers.contains("c"));
            assertThat(answers).containsExactly("c");
        }
    }

    /**
     * Calls wait while nobody is registered. Those that a killed server had in progress fail, for it may have run them; whoever
     * cannot be reached costs nobody a call.
     */
    private static void callUntil(RemoraChannel channel, Set<String> answers, BooleanSupplier done) {
        CallOptions patient = CallOptions.DEFAULT.withWaitForReady(true).withTimeout(Duration.ofSeconds(30));
        int lost = 0;
        long startNs = System.nanoTime();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime() - startNs).as("answers: " + answers).isLessThan(PATIENCE_NS);
            try {
                answers.add(ClientCalls.blockingUnary(channel, WhoService.WHO, patient, StringValue.of(""))
                        .getValue());
            } catch (RpcException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(StatusCode.UNAVAILABLE);
                lost++;
            }
        }
        assertThat(lost).isLessThanOrEqualTo(1);
    }
}
