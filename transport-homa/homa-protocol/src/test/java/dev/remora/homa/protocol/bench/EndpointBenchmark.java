package dev.remora.homa.protocol.bench;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.Verdict;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * What the protocol costs, without any link: two endpoints whose packets are handed over as they are. A virtual clock
 * moves by the time a packet takes on the wire, so the pacer never waits for real time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class EndpointBenchmark {
    private static final int LONG_MESSAGE = 1_000_000;
    private static final int PAYLOAD = 1_424;
    private static final int LONG_PACKETS = (LONG_MESSAGE + PAYLOAD - 1) / PAYLOAD;
    private static final long CLIENT = 0xffff_0a00_0001L;
    private static final long SERVER = 0xffff_0a00_0002L;
    private static final int SERVER_PORT = 4_000;
    private static final int CLIENT_PORT = 32_768;
    private static final long STEP_NS = 1_000;
    private static final int MAX_ROUNDS = 1_000_000;

    private final MemorySegment message = MemorySegment.ofArray(new byte[LONG_MESSAGE]);
    private final MemorySegment packet = MemorySegment.ofArray(new byte[2_048]);
    private final MemorySegment inOrder = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES + PAYLOAD]);
    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private long nowNs = 1_000_000_000;
    private final HomaEndpoint client = endpoint(1);
    private final HomaEndpoint server = endpoint(2);
    private final HomaEndpoint receiver = endpoint(3);
    private long nextId = 2;
    private int nextOffset;
    private boolean answered;

    private HomaEndpoint endpoint(long seed) {
        HomaConfig config = HomaConfig.standard().withSeed(seed).with(Tunable.QUARANTINE_NS, 0);
        HomaEndpoint made = new HomaEndpoint(config, SlabMessageBuffers.heap(64 << 20), nowNs);
        made.listen(SERVER_PORT);
        return made;
    }

    /** A request and a response of 100 bytes, and their share of acknowledgments. */
    @Benchmark
    public void shortRpc() {
        rpc(100);
    }

    /** A message of 1 MB and a response of 1 byte, per DATA packet. */
    @Benchmark
    @OperationsPerInvocation(LONG_PACKETS)
    public void longMessagePerPacket() {
        rpc(LONG_MESSAGE);
    }

    /** One full DATA packet of a long request that arrives in order, with the copy of its bytes. */
    @Benchmark
    public Verdict onDataInOrder() {
        if (nextOffset == 0) {
            nextId += 2;
        }
        int bytes = Math.min(PAYLOAD, LONG_MESSAGE - nextOffset);
        HomaHeader.writeCommon(
                inOrder, 0, CLIENT_PORT, SERVER_PORT, nextOffset, HomaHeader.DATA, HomaHeader.DATA_WORDS, nextId);
        HomaHeader.writeData(inOrder, 0, LONG_MESSAGE, LONG_MESSAGE, 0, 0, 0, false, 0, HomaHeader.NO_OFFSET);
        nowNs += STEP_NS;
        Verdict verdict = receiver.onPacket(0, CLIENT, inOrder, 0, HomaHeader.DATA_BYTES + bytes, nowNs);
        receiver.onBurstEnd(nowNs);
        nextOffset += bytes;
        if (nextOffset == LONG_MESSAGE) {
            nextOffset = 0;
            finishReceived();
        }
        return verdict;
    }

    private void finishReceived() {
        boolean complete = false;
        while (receiver.pollEvent(event)) {
            complete |= event.kind == HomaEvent.Kind.REQUEST;
            if (event.message != null) {
                receiver.release(event.message);
            }
            receiver.abort(event.handle, RpcError.NONE, nowNs);
        }
        while (receiver.pollTransmit(unit, nowNs)) {
            nowNs++;
        }
        if (!complete) {
            throw new IllegalStateException("the packets did not make a message");
        }
    }

    private void rpc(int length) {
        answered = false;
        long handle = client.sendRequest(0, SERVER, SERVER_PORT, CLIENT_PORT, message, 0, length, 1, nowNs);
        if (handle == 0) {
            throw new IllegalStateException("the client's table is full");
        }
        int rounds = 0;
        while (!answered) {
            nowNs += STEP_NS;
            round(client, server, CLIENT, length);
            round(server, client, SERVER, length);
            if (++rounds > MAX_ROUNDS) {
                throw new IllegalStateException("no response");
            }
        }
    }

    private void round(HomaEndpoint from, HomaEndpoint to, long source, int length) {
        boolean any = false;
        while (from.pollTransmit(unit, nowNs)) {
            MemorySegment.copy(unit.header, 0, packet, 0, unit.headerLength);
            MemorySegment.copy(unit.payload, unit.payloadOffset, packet, unit.headerLength, unit.payloadLength);
            to.onPacket(0, source, packet, 0, unit.headerLength + unit.payloadLength, nowNs);
            any = true;
        }
        if (any) {
            to.onBurstEnd(nowNs);
        }
        to.onTick(nowNs);
        while (to.pollEvent(event)) {
            onEvent(to, length);
        }
    }

    private void onEvent(HomaEndpoint at, int length) {
        if (event.message != null) {
            at.release(event.message);
        }
        switch (event.kind) {
            case REQUEST -> at.sendResponse(event.handle, message, 0, length == LONG_MESSAGE ? 1 : length, 1, nowNs);
            case RESPONSE -> answered = true;
            case FAILED -> throw new IllegalStateException("failed: " + event.error);
            case RESPONSE_DONE, NONE -> {}
        }
    }

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        new Runner(new CommandLineOptions(args)).run();
    }
}
