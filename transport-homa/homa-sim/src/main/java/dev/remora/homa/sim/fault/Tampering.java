package dev.remora.homa.sim.fault;

/** A hole in the system under test, made on purpose: shows that the checkers see it. */
interface Tampering {
    Tampering NONE = new Tampering() {};

    /** Instead of the packet on the wire. */
    default WirePacket onWire(WirePacket packet) {
        return packet;
    }

    /** Whether the client application is told the outcome of an RPC twice. */
    default boolean doubleOutcome(TestRpc rpc) {
        return false;
    }

    /** Whether the server application is told of a request twice. */
    default boolean doubleRequest(TestRpc rpc) {
        return false;
    }

    /** Whether the application keeps a message buffer for ever. */
    default boolean keepBuffer(TestRpc rpc) {
        return false;
    }
}
