package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.LateEngines.Engine;
import dev.remora.homa.protocol.LateEngines.Troubles;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A message that goes in parts, as transports split long ones, comes to its end and soon, whatever gets lost. The first part's RPC
 * stays open until the server has all parts, and brings the first part of the response; the client fetches the others.
 */
class SplitMessageLivenessTest {
    private static final long NS_PER_MS = 1_000_000;
    private static final int PARTS = 12;
    private static final int PART_BYTES = (256 << 10) - 32;
    private static final int PUSHED_AT_A_TIME = 3;
    private static final int FETCHED_AT_A_TIME = 4;
    private static final int NOTE_BYTES = 2;
    private static final int SMALL_CALLS = 40;
    private static final int SMALL_BYTES = 20_000;
    private static final int SEEDS = 20;

    /** As the transport has them, with tests' patience. */
    private static final HomaConfig CONFIG = HomaConfig.standard()
            .with(Tunable.TIMEOUT_TICKS, 5_000)
            .with(Tunable.NEED_ACK_GIVE_UP_TICKS, 4_000)
            .with(Tunable.QUARANTINE_NS, 0)
            .with(Tunable.TOMBSTONE_NS, 5_000_000_000L)
            .with(Tunable.GRANT_STEP_PERCENT, 25)
            .with(Tunable.OUTER_BYTES, 8)
            .with(Tunable.LINK_MBPS, 10_000);

    private enum Kind {
        SMALL,
        FIRST,
        PUSH,
        FETCH
    }

    /** One split message, and small ones before and beside it. */
    private static final class Run {
        private final LateEngines net;
        private final Engine client;
        private final int port;
        private final MemorySegment bytes = MemorySegment.ofArray(new byte[PART_BYTES]);
        private final Map<Long, Kind> kinds = new HashMap<>();
        private final Set<Long> executed = new HashSet<>();
        private int pushed = 1;
        private int accepted;
        private int arrived;
        private int fetching = 1;
        private int fetched;
        private int small;
        private long firstHandle;
        private String failure = "";

        Run(long seed, int shards, Troubles troubles) {
            net = new LateEngines(CONFIG, shards, troubles, seed, this::onEvent);
            int engine = net.random.nextInt(shards);
            client = net.engines.get(engine);
            port = net.clientPort(engine, net.random.nextInt());
            for (int i = 0; i < SMALL_CALLS; i++) {
                int shard = i % shards;
                call(net.engines.get(shard), net.clientPort(shard, i), Kind.SMALL, 1 + net.random.nextInt(SMALL_BYTES));
            }
            call(client, port, Kind.FIRST, PART_BYTES);
            push();
        }

        private void call(Engine from, int clientPort, Kind kind, int length) {
            long handle = from.endpoint.sendRequest(
                    0,
                    LateEngines.address(1),
                    LateEngines.SERVER_PORT,
                    clientPort,
                    bytes,
                    0,
                    length,
                    kind.ordinal(),
                    net.nowNs);
            kinds.put(from.endpoint.rpcId(handle), kind);
            from.wake();
        }

        private void push() {
            while (pushed < PARTS && pushed - 1 - accepted < PUSHED_AT_A_TIME) {
                pushed++;
                call(client, port, Kind.PUSH, PART_BYTES);
            }
        }

        private void fetch() {
            while (fetching < PARTS && fetching - 1 - fetched < FETCHED_AT_A_TIME) {
                fetching++;
                call(client, port, Kind.FETCH, NOTE_BYTES);
            }
        }

        private void onEvent(Engine engine, HomaEvent event) {
            switch (event.kind) {
                case REQUEST -> onRequest(engine, event.handle, event.rpcId ^ 1);
                case RESPONSE -> onResponse(Kind.values()[(int) event.cookie]);
                case FAILED -> failure = Kind.values()[(int) event.cookie] + " " + event.error;
                case RESPONSE_DONE, NONE -> {
                    // the memory is nobody's
                }
            }
        }

        private void onRequest(Engine engine, long handle, long id) {
            Kind kind = kinds.get(id);
            if (!executed.add(id)) {
                failure = kind + " was executed twice";
            }
            if (kind == Kind.SMALL) {
                respond(engine, handle, SMALL_BYTES);
            } else if (kind == Kind.FETCH) {
                respond(engine, handle, PART_BYTES);
            } else {
                arrived++;
                if (kind == Kind.FIRST) {
                    firstHandle = handle;
                } else {
                    respond(engine, handle, NOTE_BYTES);
                }
                if (arrived == PARTS) {
                    // All parts come to one engine, since they come from one port.
                    respond(engine, firstHandle, PART_BYTES);
                }
            }
        }

        private void respond(Engine engine, long handle, int length) {
            engine.endpoint.sendResponse(handle, bytes, 0, length, 0, net.nowNs);
        }

        private void onResponse(Kind kind) {
            switch (kind) {
                case SMALL -> small++;
                case PUSH -> {
                    accepted++;
                    push();
                }
                case FIRST -> fetch();
                case FETCH -> {
                    fetched++;
                    fetch();
                }
            }
        }

        private boolean isDone() {
            return fetched == PARTS - 1 && small == SMALL_CALLS;
        }

        /** Returns how long it took. */
        long run(long mostNs) {
            long startNs = net.nowNs;
            while (!isDone() && failure.isEmpty() && net.nowNs - startNs < mostNs) {
                net.step();
            }
            return net.nowNs - startNs;
        }
    }

    /** The bounds are some three times the longest of 300 seeds; all is virtual, so a run with a seed is always the same. */
    @ParameterizedTest
    @CsvSource({
        "1, 0.02, 0, 0, 500",
        "2, 0, 0, 0, 100",
        "2, 0.02, 0, 0, 500",
        "2, 0.02, 0.1, 3, 2000",
        "2, 0.05, 0.3, 5, 4000",
        "2, 0.15, 0, 0, 2000",
        "4, 0.02, 0.1, 3, 2000",
        "2, 0.02, 0.001, 50, 4000"
    })
    void comesToItsEndSoon(int shards, double loss, double pauses, long pauseMs, long mostMs) {
        Troubles troubles = new Troubles(loss, loss, pauses, pauseMs * NS_PER_MS);
        long longestNs = 0;
        long longest = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed, shards, troubles);
            long ns = run.run(mostMs * NS_PER_MS);
            assertThat(run.failure)
                    .as("seed %d after %d ms", seed, ns / NS_PER_MS)
                    .isEmpty();
            assertThat(run.isDone())
                    .as(
                            "seed %d: %d parts came, %d fetched, %d small calls answered%n%s",
                            seed, run.arrived, run.fetched, run.small, run.net.describe())
                    .isTrue();
            if (ns > longestNs) {
                longestNs = ns;
                longest = seed;
            }
        }
        System.out.println("split messages, " + shards + " engines, " + troubles + ": " + longestNs / NS_PER_MS
                + " ms at most, with seed " + longest);
    }
}
