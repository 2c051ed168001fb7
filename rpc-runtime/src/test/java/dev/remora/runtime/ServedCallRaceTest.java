package dev.remora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.Metadata;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.Status;
import dev.remora.contract.Patience;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call may end in several ways at once: by its handler, by its deadline, by its client. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ServedCallRaceTest {
    private static final int CALLS = 2_000;
    private static final int CLOSERS = 2;

    private final DirectTransport transport = new DirectTransport();

    /** Of the last call; the method is inline, so it is there when the request has been handed over. */
    private volatile @Nullable ServerCall<StringValue, StringValue> served;

    private final AtomicInteger cancelled = new AtomicInteger();

    @Test
    void isAnsweredOnceAndEndedOnceWhoeverIsFirst() throws Exception {
        long seed = Long.getLong("remora.seed", System.nanoTime());
        System.out.println("remora.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        CyclicBarrier start = new CyclicBarrier(CLOSERS + 1);
        try (RemoraServer server = RemoraServer.builder(transport)
                        .address(Endpoint.parse("built-in:0"))
                        .service(new Kept())
                        .start();
                ExecutorService threads = Executors.newFixedThreadPool(CLOSERS + 1)) {
            int ran = 0;
            for (int i = 0; i < CALLS; i++) {
                served = null;
                cancelled.set(0);
                Exchange exchange = new Exchange();
                transport.handler().onRequest(exchange, request(1 + random.nextInt(300)));
                ServerCall<StringValue, StringValue> call = served;
                if (call == null) {
                    // Its time was over before the handler could run, which is an answer, too.
                    assertThat(exchange.responses)
                            .as("seed %d, call %d", seed, i)
                            .hasValue(1);
                    continue;
                }
                ran++;
                AtomicInteger refused = new AtomicInteger();
                List<Future<?>> racers = new ArrayList<>();
                for (int closer = 0; closer < CLOSERS; closer++) {
                    racers.add(threads.submit(() -> {
                        start.await();
                        try {
                            call.close(Status.OK, Metadata.EMPTY);
                        } catch (IllegalStateException e) {
                            refused.incrementAndGet();
                        }
                        return null;
                    }));
                }
                racers.add(threads.submit(() -> {
                    start.await();
                    exchange.cancel();
                    return null;
                }));
                for (Future<?> racer : racers) {
                    racer.get(Patience.BOUND_S, TimeUnit.SECONDS);
                }
                assertThat(refused)
                        .as("closes refused; seed %d, call %d", seed, i)
                        .hasValue(CLOSERS - 1);
                assertThat(exchange.responses)
                        .as("answers; seed %d, call %d", seed, i)
                        .hasValue(1);
                assertThat(cancelled.get())
                        .as("onCancel; seed %d, call %d", seed, i)
                        .isLessThanOrEqualTo(1);
            }
            assertThat(ran).as("calls that a handler saw").isPositive();
            Patience.until(() -> server.callsInProgress() == 0, "each call has left its place, once");
        }
    }

    private static MessageBuffer request(int timeoutUs) {
        byte[] method = TextService.METHOD.fullName().getBytes(StandardCharsets.UTF_8);
        byte[] message = TextService.text("hello").toByteArray();
        int head = RequestEnvelope.size(timeoutUs, method, Metadata.EMPTY);
        ByteBuffer bytes = ByteBuffer.allocate(head + message.length);
        RequestEnvelope.write(bytes, timeoutUs, method, Metadata.EMPTY);
        return new DirectTransport.Buffer(bytes.put(message).flip());
    }

    /** Keeps its calls for the test to close. */
    private final class Kept implements BindableService {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor(TextService.NAME, List.of(TextService.METHOD_INLINE), () -> {
                throw new IllegalStateException("made by hand");
            });
        }

        @Override
        public List<ServerMethod<?, ?>> methods() {
            return List.of(new ServerMethod<>(TextService.METHOD_INLINE, call -> {
                call.sendMessage(TextService.text("hello"));
                served = call;
                return new ServerCall.Listener<>() {
                    @Override
                    public void onMessage(StringValue message) {}

                    @Override
                    public void onHalfClose() {}

                    @Override
                    public void onCancel() {
                        cancelled.incrementAndGet();
                    }
                };
            }));
        }
    }

    private static final class Exchange implements ServerExchange {
        final AtomicInteger responses = new AtomicInteger();
        private volatile Runnable onCancel = () -> {};

        void cancel() {
            onCancel.run();
        }

        @Override
        public String peer() {
            return "the test";
        }

        @Override
        public MessageBuffer allocate(int size) {
            return new DirectTransport.Buffer(ByteBuffer.allocate(size));
        }

        @Override
        public void respond(MessageBuffer response) {
            responses.incrementAndGet();
        }

        @Override
        public void abort() {
            throw new AssertionError("each answer can be sent");
        }

        @Override
        public void onCancel(Runnable action) {
            onCancel = action;
        }
    }
}
