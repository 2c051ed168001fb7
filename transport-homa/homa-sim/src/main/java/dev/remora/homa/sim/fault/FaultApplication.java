package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.receive.MessageBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Clients and servers of all hosts. Knows for each RPC what was sent and compares it with what is delivered: executions
 * (S1), outcomes (S2), contents (S3), who gets what from whom (S5), and that a response was really given (S6).
 */
final class FaultApplication {
    private static final long RETRY_NS = 500_000;
    private static final long PHANTOM = -1;

    private record ClientId(int host, long id) {}

    private final FaultPlan plan;
    private final FaultTimeline timeline;
    private final FaultLog log;
    private final FaultCluster cluster;
    private final Tampering tampering;
    private @Nullable PacketObserver observer;
    private final List<TestRpc> rpcs = new ArrayList<>();
    private final List<TestRpc.Execution> executions = new ArrayList<>();
    private final Map<ClientId, TestRpc> byId = new HashMap<>();
    private final boolean atMostOnce;
    private final long quarantineNs;
    private int ended;

    FaultApplication(FaultPlan plan, FaultTimeline timeline, FaultLog log, FaultCluster cluster, Tampering tampering) {
        this.plan = plan;
        this.timeline = timeline;
        this.log = log;
        this.cluster = cluster;
        this.tampering = tampering;
        atMostOnce = plan.atMostOnce();
        quarantineNs = plan.knob(Tunable.QUARANTINE_NS);
    }

    void watchedBy(PacketObserver eyes) {
        observer = eyes;
    }

    @Nullable
    TestRpc find(int clientHost, long clientId) {
        return byId.get(new ClientId(clientHost, clientId));
    }

    List<TestRpc> rpcs() {
        return rpcs;
    }

    boolean allEnded() {
        return ended == rpcs.size();
    }

    /** Memory the endpoints have borrowed and not returned, of living processes. */
    long borrowedCount() {
        return executions.stream().filter(run -> run.borrowed).count();
    }

    void add(TestRpc rpc, List<FaultHost> hosts) {
        if (rpc.index != rpcs.size()) {
            throw new IllegalStateException("RPC " + rpc.index + " after " + rpcs.size());
        }
        rpcs.add(rpc);
        timeline.at(rpc.startNs, () -> start(rpc, hosts.get(rpc.clientHost)));
    }

    private void start(TestRpc rpc, FaultHost host) {
        if (!host.running()) {
            timeline.in(RETRY_NS, () -> start(rpc, host));
            return;
        }
        rpc.start(host.incarnation, host.process().shardFor(rpc));
        HomaEndpoint endpoint = host.process().shard(rpc.shard);
        long handle = endpoint.sendRequest(
                0,
                FaultHost.addressLow(rpc.serverHost),
                rpc.serverPort,
                rpc.clientPort,
                rpc.memory,
                0,
                rpc.request.length,
                rpc.index,
                host.clock(timeline.nowNs()));
        if (handle == 0) {
            log.fault(FaultKind.TABLE_FULL);
            timeline.in(RETRY_NS, () -> start(rpc, host));
            return;
        }
        rpc.handle = handle;
        rpc.id = endpoint.rpcId(handle);
        log.event(timeline.nowNs(), "start " + rpc);
        if (rpc.id <= 0 || (rpc.id & 1) != 0) {
            throw new FaultViolation("S9: bad client id: " + rpc);
        }
        TestRpc earlier = byId.put(new ClientId(rpc.clientHost, rpc.id), rpc);
        if (earlier != null) {
            throw new FaultViolation("S10: id used before: " + rpc + " and " + earlier);
        }
        observer().onRequest(rpc);
        if (rpc.abortAfterNs > 0) {
            cluster.whenRunning(host, rpc.abortAfterNs, () -> abort(rpc, host));
        }
        cluster.pump(host);
    }

    private void abort(TestRpc rpc, FaultHost host) {
        if (rpc.outcome != null) {
            return;
        }
        log.fault(FaultKind.ABORT);
        log.event(timeline.nowNs(), "abort " + rpc);
        RpcError error = rpc.abortSilently ? RpcError.NONE : RpcError.ABORTED;
        if (!host.process().shard(rpc.shard).abort(rpc.handle, error, host.clock(timeline.nowNs()))) {
            throw new FaultViolation("S2: abort finds no RPC: " + rpc);
        }
        if (rpc.abortSilently) {
            end(rpc, TestRpc.Outcome.DROPPED, RpcError.NONE);
        }
    }

    void onCrash(FaultHost host) {
        for (TestRpc rpc : rpcs) {
            if (rpc.clientHost == host.index && rpc.incarnation == host.incarnation && rpc.id != 0) {
                if (rpc.outcome == null) {
                    rpc.end(TestRpc.Outcome.VANISHED, RpcError.NONE);
                    ended++;
                }
            }
        }
        for (TestRpc.Execution run : executions) {
            if (run.host == host.index && run.incarnation == host.incarnation) {
                run.borrowed = false;
            }
        }
    }

    void onEvent(FaultHost host, int shard, HomaEvent event) {
        log.event(
                timeline.nowNs(),
                "host " + host.index + ": " + event.kind + " id " + Long.toHexString(event.rpcId) + " " + event.length
                        + " B " + event.error);
        switch (event.kind) {
            case REQUEST -> onRequest(host, shard, event);
            case RESPONSE, FAILED -> onOutcome(host, shard, event);
            case RESPONSE_DONE -> onResponseDone(host, event);
            case NONE -> throw new FaultViolation("an event of no kind");
        }
    }

    // --- server ------------------------------------------------------------------------------------------------------

    private void onRequest(FaultHost host, int shard, HomaEvent event) {
        HomaEndpoint endpoint = host.process().shard(shard);
        byte[] bytes = bytesOf(event);
        MessageBuffer buffer = message(event);
        long handle = event.handle;
        int clientHost = FaultHost.hostOf(event.peerHigh, event.peerLow);
        TestRpc rpc = find(clientHost, event.rpcId & ~1L);
        if (plan.unchecked() && (rpc == null || rpc.serverHost != host.index)) {
            endpoint.release(buffer);
            respondToPhantom(host, endpoint, handle);
            return;
        }
        if (rpc == null) {
            throw new FaultViolation("S3: a request nobody sent, id " + Long.toHexString(event.rpcId));
        }
        if (!plan.unchecked()) {
            checkRequest(host, event, rpc, bytes);
        }
        TestRpc.Execution run = new TestRpc.Execution(rpc, host.index, host.incarnation, shard, handle);
        rpc.executions.add(run);
        checkExecutions(rpc);
        if (tampering.doubleRequest(rpc)) {
            rpc.executions.add(run);
            checkExecutions(rpc);
        }
        cluster.whenRunning(host, rpc.handlerNs, () -> respond(host, run, buffer));
    }

    private void checkRequest(FaultHost host, HomaEvent event, TestRpc rpc, byte[] bytes) {
        if (rpc.serverHost != host.index
                || event.localPort != rpc.serverPort
                || event.peerPort != rpc.clientPort
                || (event.rpcId & 1) == 0) {
            throw new FaultViolation("S5: request at host " + host.index + ":" + event.localPort + " from port "
                    + event.peerPort + ", id " + Long.toHexString(event.rpcId) + ": " + rpc);
        }
        if (!Arrays.equals(bytes, rpc.request)) {
            throw new FaultViolation("S3: request differs, " + difference(bytes, rpc.request) + ": " + rpc);
        }
        boolean young = host.ageNs(timeline.nowNs()) < quarantineNs;
        if (young && !rpc.freshSeen.contains((long) host.index << 32 | host.incarnation)) {
            throw new FaultViolation("S1: a retransmitted request was executed in quarantine: " + rpc);
        }
    }

    private void checkExecutions(TestRpc rpc) {
        TestRpc.Execution last = rpc.executions.getLast();
        long same = rpc.executions.stream()
                .filter(run -> run.host == last.host && run.incarnation == last.incarnation)
                .count();
        if (atMostOnce && same > 1) {
            throw new FaultViolation("S1: executed " + same + " times: " + rpc);
        }
    }

    private void respond(FaultHost host, TestRpc.Execution run, MessageBuffer buffer) {
        TestRpc rpc = run.rpc;
        HomaEndpoint endpoint = host.process().shard(run.shard);
        if (!tampering.keepBuffer(rpc)) {
            endpoint.release(buffer);
        }
        long clockNs = host.clock(timeline.nowNs());
        if (rpc.unanswered) {
            log.fault(FaultKind.SERVER_ABORT);
            endpoint.abort(run.handle, RpcError.ABORTED, clockNs);
            observer().onReceiverReset(host.index, host.incarnation, rpc.id | 1);
            return;
        }
        run.respond();
        long cookie = executions.size();
        executions.add(run);
        boolean taken = endpoint.sendResponse(run.handle, run.memory, 0, rpc.responseLength, cookie, clockNs);
        log.event(timeline.nowNs(), (taken ? "respond " : "too late: ") + rpc);
        if (taken) {
            observer().onResponse(run);
        } else {
            run.end();
        }
    }

    private void respondToPhantom(FaultHost host, HomaEndpoint endpoint, long handle) {
        boolean taken = endpoint.sendResponse(
                handle, MemorySegment.ofArray(new byte[10]), 0, 10, PHANTOM, host.clock(timeline.nowNs()));
        if (taken) {
            host.phantomsLent++;
        }
    }

    private void onResponseDone(FaultHost host, HomaEvent event) {
        if (event.cookie == PHANTOM && plan.unchecked()) {
            host.phantomsLent--;
            return;
        }
        if (event.cookie < 0 || event.cookie >= executions.size()) {
            throw new FaultViolation("S5: RESPONSE_DONE with a cookie nobody gave: " + event.cookie);
        }
        TestRpc.Execution run = executions.get((int) event.cookie);
        if (!run.borrowed || run.host != host.index || run.incarnation != host.incarnation) {
            throw new FaultViolation("L5: RESPONSE_DONE twice or elsewhere, host " + host.index + ": " + run.rpc);
        }
        checkDone(run, event.error);
        run.end();
        observer().onSenderEnd(host.index, host.incarnation, run.rpc.id | 1);
        observer().onReceiverReset(host.index, host.incarnation, run.rpc.id | 1);
    }

    /** S7: the server forgets a response only when the client cannot need it any more, or after giving up. */
    private void checkDone(TestRpc.Execution run, RpcError error) {
        TestRpc rpc = run.rpc;
        boolean clientDone = rpc.outcome != null;
        boolean sound = switch (error) {
            case NONE, FORGOTTEN, PORT_UNREACHABLE -> clientDone || rpc.executions.size() > 1;
            case GIVEN_UP -> true;
            default -> false;
        };
        if (!sound && !plan.unchecked()) {
            throw new FaultViolation("S7: server forgets a response (" + error + ") that is still awaited: " + rpc);
        }
    }

    // --- client ------------------------------------------------------------------------------------------------------

    private void onOutcome(FaultHost host, int shard, HomaEvent event) {
        if (event.cookie < 0 || event.cookie >= rpcs.size()) {
            throw new FaultViolation("S5: outcome with a cookie nobody gave: " + event.cookie);
        }
        TestRpc rpc = rpcs.get((int) event.cookie);
        if (rpc.clientHost != host.index
                || rpc.incarnation != host.incarnation
                || rpc.shard != shard
                || rpc.handle != event.handle
                || rpc.id != event.rpcId) {
            throw new FaultViolation("S5: outcome of another RPC, id " + Long.toHexString(event.rpcId) + ", handle "
                    + event.handle + " at host " + host.index + ": " + rpc);
        }
        if (event.kind == HomaEvent.Kind.RESPONSE) {
            byte[] bytes = bytesOf(event);
            MessageBuffer buffer = message(event);
            HomaEndpoint endpoint = host.process().shard(shard);
            if (!plan.unchecked()) {
                checkResponse(event, rpc, bytes);
            }
            end(rpc, TestRpc.Outcome.RESPONSE, RpcError.NONE);
            if (rpc.index % 3 == 0) {
                cluster.whenRunning(host, rpc.handlerNs, () -> endpoint.release(buffer));
            } else {
                endpoint.release(buffer);
            }
        } else {
            checkError(rpc, event.error);
            end(rpc, TestRpc.Outcome.FAILED, event.error);
        }
        if (tampering.doubleOutcome(rpc)) {
            end(rpc, TestRpc.Outcome.FAILED, RpcError.TIMED_OUT);
        }
    }

    private static void checkResponse(HomaEvent event, TestRpc rpc, byte[] bytes) {
        if (FaultHost.hostOf(event.peerHigh, event.peerLow) != rpc.serverHost
                || event.peerPort != rpc.serverPort
                || event.localPort != rpc.clientPort) {
            throw new FaultViolation("S5: response from " + event.peerLow + ":" + event.peerPort + " to port "
                    + event.localPort + ": " + rpc);
        }
        if (rpc.executions.isEmpty()) {
            throw new FaultViolation("S6: a response nobody gave: " + rpc);
        }
        for (TestRpc.Execution run : rpc.executions) {
            if (run.isResponse(bytes)) {
                return;
            }
        }
        if (rpc.executions.size() > 1 && mixed(bytes, rpc)) {
            // Homa has no mark of a server's incarnation in its packets: the packets of a restarted server complete the
            // message of its former self.
            return;
        }
        throw new FaultViolation(
                "S3: response differs, " + difference(bytes, rpc.response(0)) + " from the first execution's: " + rpc);
    }

    private static boolean mixed(byte[] bytes, TestRpc rpc) {
        if (bytes.length != rpc.responseLength) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            boolean known = false;
            for (TestRpc.Execution run : rpc.executions) {
                byte[] sent = run.sent;
                known |= sent != null && sent[i] == bytes[i];
            }
            if (!known) {
                return false;
            }
        }
        return true;
    }

    private void checkError(TestRpc rpc, RpcError error) {
        boolean sound = switch (error) {
            case TIMED_OUT -> true;
            case ABORTED -> rpc.abortAfterNs > 0 && !rpc.abortSilently;
            case PORT_UNREACHABLE -> rpc.serverPort == TestRpc.CLOSED_PORT || plan.unchecked();
            case PROTOCOL_ERROR -> plan.unchecked();
            default -> false;
        };
        if (!sound) {
            throw new FaultViolation("S2: failed by " + error + " without reason: " + rpc);
        }
    }

    private void end(TestRpc rpc, TestRpc.Outcome outcome, RpcError error) {
        rpc.end(outcome, error);
        ended++;
        observer().onSenderEnd(rpc.clientHost, rpc.incarnation, rpc.id);
    }

    private PacketObserver observer() {
        PacketObserver eyes = observer;
        if (eyes == null) {
            throw new IllegalStateException("nobody observes");
        }
        return eyes;
    }

    private static MessageBuffer message(HomaEvent event) {
        MessageBuffer buffer = event.message;
        if (buffer == null) {
            throw new FaultViolation("S3: " + event.kind + " without a message");
        }
        return buffer;
    }

    private static byte[] bytesOf(HomaEvent event) {
        MessageBuffer buffer = message(event);
        if (event.length <= 0 || event.length > buffer.capacity()) {
            throw new FaultViolation("S3: " + event.length + " bytes in a buffer of " + buffer.capacity());
        }
        return buffer.memory().asSlice(buffer.offset(), event.length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static String difference(byte[] is, byte[] expected) {
        return is.length != expected.length
                ? is.length + " instead of " + expected.length + " bytes"
                : "first at byte " + Arrays.mismatch(is, expected);
    }
}
