package dev.remora.homa.engine;

import dev.remora.homa.net.PacketPort;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.RpcError;
import java.lang.foreign.MemorySegment;

/** SIGNATURES ONLY in this commit; the implementation follows. */
public final class Engine implements AutoCloseable {
    /**
     * @param name of its thread
     * @param config of the protocol
     * @param port what it drives; closed with the engine
     * @param receiveBytes bound of the memory for arriving messages
     * @param idle of its thread
     * @param requests gets what arrives for the ports listened on
     */
    public Engine(
            String name, HomaConfig config, PacketPort port, long receiveBytes, IdlePolicy idle, RequestSink requests) {
        throw new UnsupportedOperationException(name + config + port + receiveBytes + idle + requests);
    }

    /** Starts the thread. */
    public void start() {}

    /**
     * Has something done on the engine: at once if the calling thread is driving it, else soon. For any thread.
     */
    public void submit(Command command) {}

    /** Whether the calling thread is driving the engine now; the methods below need that. */
    public boolean isDriving() {
        return false;
    }

    /**
     * Drives the engine on the calling thread for a while, until {@code call} is done or some 100 us have passed, unless
     * another thread drives it now. For any thread that has nothing to do but wait.
     *
     * @return false when another thread is driving, or the engine has ended: wait otherwise
     */
    public boolean drive(Waiter call) {
        return false;
    }

    /** What a driving caller waits for. */
    public interface Waiter {
        boolean isDone();
    }

    /** Packets to this port go to the request sink from now on. Driving thread only. */
    public void listen(int port) {}

    /** And no more: new requests are answered with ICMP port unreachable. Driving thread only. */
    public void unlisten(int port) {}

    /**
     * Sends a request. Driving thread only.
     *
     * @param memory borrowed until the rpc's onResponse or onFailed
     * @return false when too many RPCs are outstanding; nothing is borrowed then, and no method of rpc is called
     */
    public boolean send(
            ClientRpc rpc,
            long peerHigh,
            long peerLow,
            int serverPort,
            int clientPort,
            MemorySegment memory,
            long offset,
            int length) {
        return false;
    }

    /** The id on the wire of an RPC under way, 0 otherwise. Driving thread only. */
    public long rpcId(ClientRpc rpc) {
        return 0;
    }

    /**
     * Ends an RPC here, without a word to the server and without another call to {@code rpc}; its request's memory is free on
     * return. Nothing happens when it has ended already. Driving thread only.
     */
    public void abort(ClientRpc rpc) {}

    /**
     * Sends a response. Driving thread only.
     *
     * @param memory borrowed until {@link ServerRpc#onResponseDone}
     * @return false when the RPC has ended meanwhile; nothing is borrowed then, and nothing is called
     */
    public boolean respond(ServerRpc rpc, MemorySegment memory, long offset, int length) {
        return false;
    }

    /** Forgets a request that is not to be answered; the client will time out. Driving thread only. */
    public void abort(ServerRpc rpc) {}

    /** Fails all client RPCs with a peer, as when it is known to be gone. Driving thread only. */
    public void peerLost(long peerHigh, long peerLow) {}

    /** Client RPCs under way. Any thread; may lag. */
    public int clientRpcs() {
        return 0;
    }

    /** Received messages not released yet. Any thread. */
    public long receivedInUse() {
        return 0;
    }

    void takeBack(Received received) {}

    /**
     * Ends the thread, fails client RPCs with {@link RpcError#ABORTED}, refuses commands, closes the port. Waits a few seconds
     * at most. Idempotent; from any thread, the engine's own too.
     */
    @Override
    public void close() {}
}
