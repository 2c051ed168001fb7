package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Response, abort, cancel, loss and close at once: each call ends exactly once, whichever comes first. */
final class RaceTest {
    private static final int THREADS = 4;
    private static final int CALLS = 300;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyCallEndsOnce(long seed) throws Exception {
        try (TcpTransport transport = TcpTransport.builder()
                        .set(TcpSettings.CONNECTIONS_PER_PEER, 1 + seed % 3)
                        .set(TcpSettings.WRITE_HIGH_WATER, 8192L)
                        .set(TcpSettings.RECONNECT_INITIAL, 1_000_000L)
                        .set(TcpSettings.RECONNECT_MAX, 1_000_000L)
                        .build();
                TcpTransport serving = TcpTransport.builder()
                        .set(TcpSettings.SERVER_MAX_IN_FLIGHT, 50L)
                        .build();
                ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService callers = Executors.newFixedThreadPool(THREADS + 1)) {
            Runnable closeServing = serving::close;
            RequestHandler handler = (exchange, request) -> serve(exchange, request, handlers);
            ServerTransport server = serving.listen(Endpoint.parse("127.0.0.1:0"), handler);
            ClientTransport client = transport.connect(server.localAddress());
            // Connected before the race, or all would end in the queue.
            assertThat(Answer.of(client, new byte[5]).bytes()).hasSize(5);
            CountDownLatch halfway = new CountDownLatch(THREADS);
            List<Future<List<Answer>>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                SplittableRandom random = new SplittableRandom(seed * 100 + t);
                running.add(callers.submit(() -> call(client, random, halfway)));
            }
            halfway.await();
            switch ((int) (seed % 4)) {
                case 0 -> server.close();
                case 1 -> server.drain();
                case 2 -> client.close();
                default -> closeServing.run();
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<List<Answer>> each : running) {
                answers.addAll(each.get());
            }
            answers.forEach(Answer::awaitEnd);
            assertThat(answers).anyMatch(Answer::succeeded);
            client.close();
            assertThat(client.outstanding()).isZero();
            assertThat(answers)
                    .hasSize(THREADS * CALLS)
                    .allSatisfy(a -> assertThat(a.times()).isEqualTo(1));
            assertThat(transport.stats().protocolErrors() + serving.stats().protocolErrors())
                    .isZero();
        }
    }

    private static List<Answer> call(ClientTransport client, SplittableRandom random, CountDownLatch halfway) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            if (i == CALLS / 2) {
                halfway.countDown();
            }
            Answer answer = Answer.of(client, new byte[random.nextInt(20) == 0 ? 50_000 : random.nextInt(100)]);
            answers.add(answer);
            if (i % 16 == 15) {
                answer.awaitEnd();
            } else if (random.nextInt(3) == 0) {
                answers.get(random.nextInt(answers.size())).cancel();
            }
        }
        return answers;
    }

    private static void serve(ServerExchange exchange, MessageBuffer request, ExecutorService handlers) {
        exchange.onCancel(() -> {});
        int kind = request.size() % 5;
        if (kind == 0) {
            Echo.INLINE.onRequest(exchange, request);
        } else if (kind == 1) {
            request.release();
            exchange.abort();
        } else {
            handlers.execute(() -> Echo.INLINE.onRequest(exchange, request));
        }
    }
}
