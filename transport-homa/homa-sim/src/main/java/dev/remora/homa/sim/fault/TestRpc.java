package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.RpcError;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One RPC of the test's applications: what it carries, when it starts, and all that has become of it. */
final class TestRpc {
    static final int PORT = 4_000;
    static final int CLOSED_PORT = 4_999;

    /** Overwrites memory that the endpoint has given back. */
    private static final byte RETURNED = (byte) 0xEE;

    /** How an RPC ended for its client. */
    enum Outcome {
        RESPONSE,
        FAILED,
        /** Aborted without an event. */
        DROPPED,
        /** The client process died. */
        VANISHED
    }

    final int index;
    final int clientHost;
    final int serverHost;
    final int serverPort;
    final int clientPort;
    final byte[] request;
    final int responseLength;
    final long startNs;
    final long handlerNs;
    /** The server application drops the request instead of answering. */
    final boolean unanswered;
    /** After this time the client aborts; 0 = never. */
    final long abortAfterNs;

    final boolean abortSilently;

    int incarnation = -1;
    /** Of the client's endpoints. */
    int shard;

    long id;
    long handle;
    MemorySegment memory = MemorySegment.NULL;

    @Nullable
    Outcome outcome;

    RpcError error = RpcError.NONE;
    final List<Execution> executions = new ArrayList<>(1);
    /** By server host: incarnations that were given a first transmission. */
    final List<Long> freshSeen = new ArrayList<>(1);

    private final long salt;

    TestRpc(FaultPlan plan, int index) {
        this(plan, index, new SplittableRandom(plan.seed() * 31 + index * 0x9E3779B97F4A7C15L));
    }

    private TestRpc(FaultPlan plan, int index, SplittableRandom random) {
        Traffic traffic = plan.traffic();
        this.index = index;
        clientHost = random.nextInt(1 << 20) % plan.hosts();
        serverHost = (clientHost + 1 + random.nextInt(1 << 20) % (plan.hosts() - 1)) % plan.hosts();
        serverPort = random.nextInt(1_000) < traffic.closedPortPermille() ? CLOSED_PORT : PORT + random.nextInt(2);
        clientPort = 30_000 + random.nextInt(3);
        startNs = random.nextLong(traffic.spanNs());
        handlerNs = random.nextInt(3) == 0 ? 0 : random.nextLong(traffic.maxHandlerNs());
        unanswered = random.nextInt(1_000) < traffic.serverAbortPermille();
        abortAfterNs = random.nextInt(1_000) < traffic.abortPermille() ? random.nextLong(1, 20_000_000) : 0;
        abortSilently = random.nextBoolean();
        request = new byte[length(random, traffic)];
        responseLength = length(random, traffic);
        salt = random.nextLong();
        random.nextBytes(request);
    }

    private TestRpc(int index, int clientHost, int serverHost, int requestLength, int responseLength, long startNs) {
        this.index = index;
        this.clientHost = clientHost;
        this.serverHost = serverHost;
        this.responseLength = responseLength;
        this.startNs = startNs;
        serverPort = PORT;
        clientPort = 30_000;
        handlerNs = 0;
        unanswered = false;
        abortAfterNs = 0;
        abortSilently = false;
        salt = index;
        request = new byte[requestLength];
        new SplittableRandom(salt).nextBytes(request);
    }

    /** An RPC for a healed network, which has to succeed. */
    static TestRpc probe(int index, int clientHost, int serverHost, int length, long startNs) {
        return new TestRpc(index, clientHost, serverHost, length, length, startNs);
    }

    private static int length(SplittableRandom random, Traffic traffic) {
        boolean isLong = random.nextInt(1_000) < traffic.longPermille();
        return switch (random.nextInt(4)) {
            case 0 -> isLong ? traffic.maxBytes() : 1;
            case 1 -> isLong ? Math.max(1, traffic.maxBytes() / 2) : random.nextInt(1, 3_000);
            default -> random.nextInt(1, isLong ? traffic.maxBytes() + 1 : 600);
        };
    }

    /** The bytes of the response of one execution; executions differ, so that it shows which one was delivered. */
    byte[] response(int execution) {
        byte[] bytes = new byte[responseLength];
        new SplittableRandom(salt + execution).nextBytes(bytes);
        return bytes;
    }

    void start(int clientIncarnation, int clientShard) {
        incarnation = clientIncarnation;
        shard = clientShard;
        memory = MemorySegment.ofArray(request.clone());
    }

    /** The endpoint has given the request's memory back: whoever still reads it reads nonsense. */
    void end(Outcome how, RpcError why) {
        if (outcome != null) {
            throw new FaultViolation("S2: a second outcome, " + how + " " + why + ", of " + this);
        }
        outcome = how;
        error = why;
        if (how != Outcome.VANISHED) {
            memory.fill(RETURNED);
        }
    }

    @Override
    public String toString() {
        return "RPC " + index + " (host " + clientHost + "." + incarnation + " -> " + serverHost + ":" + serverPort
                + ", id " + Long.toHexString(id) + ", " + request.length + " B, response " + responseLength
                + " B, outcome " + outcome + " " + error + ", " + executions.size() + " executions)";
    }

    /** One run of the server application. */
    static final class Execution {
        final TestRpc rpc;
        final int number;
        final int host;
        final int incarnation;
        /** Of the server's endpoints. */
        final int shard;

        final long handle;
        /** What was sent, for comparison; null until the application has answered. */
        byte @Nullable [] sent;

        MemorySegment memory = MemorySegment.NULL;
        boolean borrowed;

        Execution(TestRpc rpc, int host, int incarnation, int shard, long handle) {
            this.rpc = rpc;
            this.number = rpc.executions.size();
            this.host = host;
            this.incarnation = incarnation;
            this.shard = shard;
            this.handle = handle;
        }

        void respond() {
            byte[] bytes = rpc.response(number);
            sent = bytes;
            memory = MemorySegment.ofArray(bytes.clone());
            borrowed = true;
        }

        boolean isResponse(byte[] bytes) {
            return sent != null && Arrays.equals(sent, bytes);
        }

        void end() {
            borrowed = false;
            memory.fill(RETURNED);
        }
    }
}
