package dev.remora.homa.engine;

import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.receive.MessageBuffer;
import java.lang.foreign.MemorySegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects behind the RPCs of an endpoint, which knows them by number, and the delivery of its events to them. */
final class EngineRpcs {
    private static final Logger LOG = LoggerFactory.getLogger(EngineRpcs.class);

    private static final int EVENTS_PER_ROUND = 8;

    private final Engine engine;
    private final HomaEndpoint endpoint;
    private final ReceivedPool received;
    private final RequestSink requests;
    private final RpcSlots<ClientRpc> clients = new RpcSlots<>();
    private final RpcSlots<ServerRpc> servers = new RpcSlots<>();
    private final HomaEvent event = new HomaEvent();

    EngineRpcs(Engine engine, HomaEndpoint endpoint, ReceivedPool received, RequestSink requests) {
        this.engine = engine;
        this.endpoint = endpoint;
        this.received = received;
        this.requests = requests;
    }

    /** Client RPCs under way. */
    int clients() {
        return clients.size();
    }

    boolean send(
            ClientRpc rpc,
            long peerHigh,
            long peerLow,
            int serverPort,
            int clientPort,
            MemorySegment lead,
            MemorySegment memory,
            long offset,
            int length,
            long nowNs) {
        int slot = clients.add(rpc);
        long handle = endpoint.sendRequest(
                peerHigh, peerLow, serverPort, clientPort, lead, memory, offset, length, slot, nowNs);
        if (handle == 0) {
            clients.remove(slot);
            return false;
        }
        rpc.slot = slot;
        rpc.handle = handle;
        return true;
    }

    void abort(ClientRpc rpc, long nowNs) {
        if (rpc.handle != 0) {
            endpoint.abort(rpc.handle, RpcError.NONE, nowNs);
            clients.remove(rpc.slot);
            rpc.handle = 0;
        }
    }

    boolean respond(ServerRpc rpc, MemorySegment lead, MemorySegment memory, long offset, int length, long nowNs) {
        int slot = servers.add(rpc);
        if (!endpoint.sendResponse(rpc.handle, lead, memory, offset, length, slot, nowNs)) {
            servers.remove(slot);
            return false;
        }
        rpc.slot = slot;
        return true;
    }

    /**
     * Delivers the next few: what they make the application send leaves before the rest, so that the peer need not wait for a
     * whole burst to be worked off. Returns whether there were any.
     */
    boolean deliverEvents() {
        int count = 0;
        while (count < EVENTS_PER_ROUND && endpoint.pollEvent(event)) {
            count++;
            deliver();
        }
        return count > 0;
    }

    /** The engine ends: everybody is told. */
    void endAll(long nowNs) {
        for (int slot = 0; slot < clients.limit(); slot++) {
            ClientRpc rpc = clients.get(slot);
            if (rpc != null) {
                abort(rpc, nowNs);
                fail(rpc, RpcError.ABORTED, true);
            }
        }
        for (int slot = 0; slot < servers.limit(); slot++) {
            if (servers.get(slot) != null) {
                done(slot, RpcError.ABORTED);
            }
        }
    }

    private void deliver() {
        switch (event.kind) {
            case REQUEST -> {
                Received request = lend();
                try {
                    requests.onRequest(
                            request,
                            event.handle,
                            event.rpcId ^ 1,
                            event.peerHigh,
                            event.peerLow,
                            event.peerPort,
                            event.localPort);
                } catch (RuntimeException e) {
                    LOG.error("a request sink threw; it must not", e);
                }
            }
            case RESPONSE -> {
                ClientRpc rpc = takeClient((int) event.cookie);
                Received response = lend();
                try {
                    rpc.onResponse(response);
                } catch (RuntimeException e) {
                    LOG.error("a response handler threw; it must not", e);
                }
            }
            case FAILED ->
                fail(
                        takeClient((int) event.cookie),
                        event.error,
                        event.times.firstReceivedNs != 0
                                || event.times.resendsReceived > 0
                                || event.times.busyReceived > 0
                                || event.times.firstGrantNs != 0);
            case RESPONSE_DONE -> done((int) event.cookie, event.error);
            case NONE -> throw new IllegalStateException("an event of no kind");
        }
    }

    private Received lend() {
        MessageBuffer place = event.message;
        if (place == null) {
            throw new IllegalStateException(event.kind + " without its message");
        }
        return received.lend(engine, place, event.length);
    }

    private ClientRpc takeClient(int slot) {
        ClientRpc rpc = clients.get(slot);
        if (rpc == null) {
            throw new IllegalStateException("an event for client slot " + slot + ", which is empty");
        }
        clients.remove(slot);
        rpc.handle = 0;
        return rpc;
    }

    private static void fail(ClientRpc rpc, RpcError error, boolean heard) {
        try {
            rpc.onFailed(error, heard);
        } catch (RuntimeException e) {
            LOG.error("a failure handler threw; it must not", e);
        }
    }

    private void done(int slot, RpcError error) {
        ServerRpc rpc = servers.get(slot);
        if (rpc == null) {
            throw new IllegalStateException("an event for server slot " + slot + ", which is empty");
        }
        servers.remove(slot);
        try {
            rpc.onResponseDone(error);
        } catch (RuntimeException e) {
            LOG.error("onResponseDone threw; it must not", e);
        }
    }
}
