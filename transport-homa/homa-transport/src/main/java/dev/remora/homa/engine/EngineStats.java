package dev.remora.homa.engine;

/**
 * What an engine has counted since it was made. Read by any thread, lagging a little.
 *
 * @param rounds of its loop
 * @param busyRounds of these with something to do: the engine's duty cycle
 * @param callerRounds of these made by waiting callers instead of the engine's thread
 * @param packetsReceived Homa packets for us
 * @param unitsSent packets and uncut frames given to the link
 * @param noRoute of these lost because no way to the peer was known
 * @param stalls times the way to a peer was full
 * @param unitsDropped because it stayed full
 * @param refused packets for ports nobody listens on
 * @param passedOn packets for RPCs of other engines, given to these
 * @param notPassedOn of these lost, since too many waited there
 * @param takenOver packets that came to other engines
 * @param parks sleeps of its thread
 * @param clientRpcs under way now
 * @param serverRpcs under way now
 * @param incomingBytes granted to senders and not yet here
 * @param receivedInUse received messages the application has not released yet
 */
public record EngineStats(
        long rounds,
        long busyRounds,
        long callerRounds,
        long packetsReceived,
        long unitsSent,
        long noRoute,
        long stalls,
        long unitsDropped,
        long refused,
        long passedOn,
        long notPassedOn,
        long takenOver,
        long parks,
        int clientRpcs,
        int serverRpcs,
        long incomingBytes,
        long receivedInUse) {}
