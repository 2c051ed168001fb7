package dev.remora.homa.sim.experiment;

import dev.remora.homa.sim.net.NetParameters;
import dev.remora.homa.sim.net.SimPacket;

/**
 * What a load means. It is the part of the edge links' rate that all bytes on the wire take together, as in SIGCOMM'18
 * §5.2: messages, headers, framing, gaps, responses and control packets:
 *
 * <pre>
 * bytes(message) = request in packets of 1424 bytes, each with 56 + 20 + 14 + 24 bytes around it
 *                + response of 1 byte                                  115
 *                + a GRANT for each packet beyond the unscheduled ones  91
 *                + an ACK, where no DATA comes by in time to carry it  138 x e^(-messages for a peer in the wait)
 * messages per second of a host = load x rate / bytes(message)
 * </pre>
 *
 * <p>Every byte crosses one uplink and one downlink of a host, and hosts are all alike, so both directions carry it.
 */
public final class LoadModel {
    static final int DATA_HEADER_BYTES = 56;
    static final int RESPONSE_BYTES = 1;
    static final int SEGMENT_BYTES = 1_500 - 20 - DATA_HEADER_BYTES;
    private static final int GRANT_BYTES = 33;
    private static final int ACK_BYTES = 80;
    private static final int FIXED_POINT_ROUNDS = 20;

    private final Workload workload;
    private final double bytesPerNs;
    private final double requestBytes;
    private final double grants;
    private final double ackWaitNs;
    private final int peers;

    LoadModel(Workload workload, NetParameters net, int unscheduledBytes, long ackWaitNs, int peers) {
        this.workload = workload;
        this.ackWaitNs = ackWaitNs;
        this.peers = peers;
        bytesPerNs = net.edgeGbps() / 8.0;
        requestBytes = workload.mean(LoadModel::wireBytes);
        grants = workload.mean(size -> Math.max(0, Math.ceilDiv(size - unscheduledBytes, SEGMENT_BYTES)));
    }

    /** Bytes on the wire of a message's DATA packets. */
    static long wireBytes(int sizeBytes) {
        int full = sizeBytes / SEGMENT_BYTES;
        int rest = sizeBytes % SEGMENT_BYTES;
        long bytes = (long) full * SimPacket.wireBytes(DATA_HEADER_BYTES + SEGMENT_BYTES);
        return rest == 0 ? bytes : bytes + SimPacket.wireBytes(DATA_HEADER_BYTES + rest);
    }

    /** Message bytes in its last packet. */
    static int lastPacketBytes(int sizeBytes) {
        int rest = sizeBytes % SEGMENT_BYTES;
        return rest == 0 ? SEGMENT_BYTES : rest;
    }

    /** Messages a host sends in a nanosecond. */
    double messagesPerNs(double load) {
        double rate = load * bytesPerNs / (requestBytes + fixedBytes());
        for (int i = 0; i < FIXED_POINT_ROUNDS; i++) {
            double acks = StrictMath.exp(-rate * ackWaitNs / peers);
            rate = load * bytesPerNs / (requestBytes + fixedBytes() + acks * SimPacket.wireBytes(ACK_BYTES));
        }
        return rate;
    }

    private double fixedBytes() {
        return SimPacket.wireBytes(DATA_HEADER_BYTES + RESPONSE_BYTES) + grants * SimPacket.wireBytes(GRANT_BYTES);
    }

    /** Packets of all kinds for a message, roughly: what a simulation costs. */
    double packetsPerMessage() {
        return workload.mean(size -> Math.ceilDiv(size, SEGMENT_BYTES)) + grants + 2;
    }
}
