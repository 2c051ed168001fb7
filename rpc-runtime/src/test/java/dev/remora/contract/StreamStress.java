package dev.remora.contract;

import static dev.remora.contract.StreamRig.blob;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamReader;
import dev.remora.api.stub.StreamWriter;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.StreamSettings;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Streams of all shapes and sizes beside one another, with windows that are too small, readers that are slow, and ends of every
 * kind. What each does follows from the seed; when it happens does not.
 */
final class StreamStress {
    private static final Metadata.Key<String> PLAN = Metadata.Key.text("plan");
    private static final int WORKERS = 8;
    private static final int STREAMS_EACH = 25;

    private final StreamRig rig;
    private final long seed;
    private final Map<Long, AtomicInteger> receivedByServer = new ConcurrentHashMap<>();

    /** How a stream is to end. */
    private enum End {
        WELL,
        WELL_TOO,
        CLIENT_CANCELS,
        SERVER_FAILS,
        SERVER_LEAVES_EARLY,
        DEADLINE
    }

    /**
     * What happens in a stream; both sides know it from its seed.
     *
     * @param requests messages of the client
     * @param responses messages of the server
     * @param at message of its direction at which it ends, where it does not end well
     */
    private record Plan(long id, Shape shape, int requests, int responses, int maxSize, End end, int at) {
        static Plan of(long id) {
            SplittableRandom random = new SplittableRandom(id);
            Shape shape = Shape.values()[1 + random.nextInt(3)];
            int many = random.nextInt(10) == 0 ? 2000 : 60;
            int requests = shape == Shape.SERVER_STREAMING ? 1 : random.nextInt(many);
            int responses = shape == Shape.CLIENT_STREAMING ? 1 : random.nextInt(many);
            int maxSize = random.nextInt(12) == 0 ? 300_000 : random.nextInt(3) == 0 ? 20_000 : 200;
            if (many == 2000) {
                maxSize = Math.min(maxSize, 2_000);
            }
            End end = End.values()[random.nextInt(End.values().length)];
            return new Plan(
                    id, shape, requests, responses, maxSize, end, random.nextInt(1 + Math.max(requests, responses)));
        }

        BytesValue message(int i, boolean fromClient) {
            int n = Math.floorMod(id + 17L * i + (fromClient ? 5 : 0), Integer.MAX_VALUE);
            return blob(n, n % (maxSize + 1));
        }

        /** Of the failure at that message: small enough for any bound of details. */
        BytesValue detail(int i) {
            return blob(i, i % 1000);
        }

        MethodDescriptor<BytesValue, BytesValue> method() {
            return StreamRig.bytes(shape.name() + (id % 2 == 0 ? "" : "-inline"), shape)
                    .withInline(id % 2 != 0);
        }
    }

    StreamStress(StreamRig rig, long seed) {
        this.rig = rig;
        this.seed = seed;
    }

    void run() {
        SplittableRandom random = new SplittableRandom(seed);
        RemoraServer server = rig.serve(
                settings(StreamRig.serverSettings(), random),
                java.util.stream.LongStream.of(0, 1)
                        .boxed()
                        .flatMap(parity -> java.util.stream.Stream.of(
                                        Shape.SERVER_STREAMING, Shape.CLIENT_STREAMING, Shape.BIDI_STREAMING)
                                .map(shape -> new Plan(parity, shape, 0, 0, 0, End.WELL, 0).method()))
                        .map(method -> StreamRig.service(method, ServerCalls.bidi(this::serve)))
                        .toArray(dev.remora.api.BindableService[]::new));
        RemoraChannel channel = rig.channelTo(
                server,
                settings(StreamRig.clientSettings(), random)
                        .with(StreamSettings.MAX_REQUESTS, 1L + random.nextInt(8))
                        .with(StreamSettings.MAX_IN_FLIGHT, 65_536L + random.nextInt(1 << 20)));
        for (int w = 0; w < WORKERS; w++) {
            long base = random.nextLong();
            rig.start(() -> {
                for (int s = 0; s < STREAMS_EACH; s++) {
                    Plan plan = Plan.of((base >>> 2) + s);
                    try {
                        call(channel, plan);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError("stream " + plan, e);
                    }
                }
            });
        }
        rig.joinAll();
        rig.awaitNoStreams();
        Patience.until(() -> channel.outstanding() == 0, "no request is outstanding");
    }

    private static DefaultValues settings(DefaultValues settings, SplittableRandom random) {
        return settings.with(StreamSettings.MAX_WINDOW, 65_536L << random.nextInt(4))
                .with(StreamSettings.RECEIVE_MEMORY, (long) random.nextInt(1 << 20))
                .with(StreamSettings.SEND_BUFFER, 1L + random.nextInt(1 << 17))
                .with(StreamSettings.BATCH, 1L + random.nextInt(1 << 16));
    }

    // The server

    private void serve(StreamReader<BytesValue> requests, StreamWriter<BytesValue> responses) throws Exception {
        Plan plan = Plan.of(Long.parseLong(dev.remora.api.CallContext.current()
                .orElseThrow()
                .requestMetadata()
                .get(PLAN)));
        AtomicInteger received = receivedByServer.computeIfAbsent(plan.id, id -> new AtomicInteger());
        Thread reader = null;
        if (plan.shape == Shape.BIDI_STREAMING) {
            var context = dev.remora.api.CallContext.current().orElseThrow();
            reader = Thread.ofVirtual().start(() -> context.run(() -> read(plan, requests, received)));
        } else {
            read(plan, requests, received);
        }
        for (int i = 0; i < plan.responses; i++) {
            if (i == plan.at) {
                if (plan.end == End.SERVER_FAILS) {
                    throw Status.of(StatusCode.ABORTED, "as planned")
                            .withDetail(plan.detail(i))
                            .asException();
                } else if (plan.end == End.SERVER_LEAVES_EARLY && plan.shape != Shape.CLIENT_STREAMING) {
                    return;
                }
            }
            responses.write(plan.message(i, false));
        }
        if (reader != null && plan.end != End.SERVER_LEAVES_EARLY) {
            reader.join();
        }
    }

    private static void read(Plan plan, StreamReader<BytesValue> requests, AtomicInteger received) {
        try {
            for (BytesValue request : requests) {
                assertThat(request).isEqualTo(plan.message(received.get(), true));
                received.incrementAndGet();
            }
        } catch (RpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.CANCELLED);
        }
    }

    // The client

    private void call(RemoraChannel channel, Plan plan) {
        CallOptions options = (plan.end == End.DEADLINE
                        ? CallOptions.DEFAULT.withTimeout(Duration.ofNanos(1 + plan.at * 100_000L))
                        : patient())
                .withMetadata(Metadata.of(PLAN, Long.toString(plan.id)));
        ClientCall<BytesValue, BytesValue> call = channel.newCall(plan.method(), options);
        Driver driver = new Driver(plan, call);
        call.start(driver, Metadata.EMPTY);
        call.request(1 + plan.at % 3);
        driver.write();
        Status end = driver.end();
        check(plan, driver, end);
    }

    private void check(Plan plan, Driver driver, Status end) {
        int got = driver.messages.size();
        for (int i = 0; i < got; i++) {
            assertThat(driver.messages.get(i)).isEqualTo(plan.message(i, false));
        }
        switch (plan.end) {
            case WELL, WELL_TOO -> {
                assertThat(end).isEqualTo(Status.OK);
                assertThat(got).isEqualTo(plan.responses);
                AtomicInteger received = receivedByServer.get(plan.id);
                assertThat(received == null ? 0 : received.get()).isEqualTo(plan.requests);
            }
            case CLIENT_CANCELS -> assertThat(end.code()).isIn(StatusCode.CANCELLED, StatusCode.OK);
            case SERVER_FAILS -> {
                if (plan.at < plan.responses) {
                    assertThat(end.code()).isEqualTo(StatusCode.ABORTED);
                    assertThat(end.detail(BytesValue.class)).contains(plan.detail(plan.at));
                    assertThat(got).isEqualTo(plan.at);
                } else {
                    assertThat(end).isEqualTo(Status.OK);
                }
            }
            case SERVER_LEAVES_EARLY -> assertThat(end).isEqualTo(Status.OK);
            case DEADLINE -> assertThat(end.code()).isIn(StatusCode.DEADLINE_EXCEEDED, StatusCode.OK);
        }
    }

    /** Writes while it may and asks for one more message with each that comes, mostly; cancels when its plan says so. */
    private static final class Driver extends RecordedStream<BytesValue> {
        private final Plan plan;
        private final ClientCall<BytesValue, BytesValue> call;
        private int written;
        private boolean halfClosed;

        Driver(Plan plan, ClientCall<BytesValue, BytesValue> call) {
            this.plan = plan;
            this.call = call;
        }

        @Override
        void ready() {
            write();
        }

        @Override
        void received(@Nullable BytesValue message) {
            if (plan.end == End.CLIENT_CANCELS && messages.size() == plan.at) {
                call.cancel("as planned", null);
            }
            if (plan.id % 5 != 0 || plan.end == End.DEADLINE) {
                call.request(1);
            } else {
                // A slow reader: what it asks for comes from another thread, later.
                Thread.ofVirtual().start(() -> call.request(1));
            }
        }

        synchronized void write() {
            while (written < plan.requests && (call.isReady() || plan.shape == Shape.SERVER_STREAMING)) {
                if (plan.end == End.CLIENT_CANCELS && written == plan.at) {
                    call.cancel("as planned", null);
                    return;
                }
                call.sendMessage(plan.message(written++, true));
            }
            if (written == plan.requests && !halfClosed) {
                halfClosed = true;
                call.halfClose();
            }
        }
    }
}
