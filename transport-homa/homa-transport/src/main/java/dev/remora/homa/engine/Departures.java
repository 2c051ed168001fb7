package dev.remora.homa.engine;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.Segmenter;

/**
 * Makes packets of what the endpoint wants to send. The message's bytes are copied once, from the application's memory into
 * the frame the device sends.
 */
final class Departures {
    private static final int UNITS_PER_ROUND = 64;
    /** A unit whose way stays full for so long is dropped, and will be asked for again: others wait behind it. */
    private static final long MAX_STALL_NS = 10_000_000;

    private final HomaEndpoint endpoint;
    private final PacketPort port;
    private final Encapsulation encapsulation;
    private final byte[] priorityMap = IpHeader.defaultPriorityMap();
    private final FrameCapabilities capabilities;
    /** What is left to the device with single packets. */
    private final Offload offload;

    private final ChecksumSeed seed;
    private final int outerBytes;
    private final boolean segmentation;
    private final Segmenter segmenter;
    private final TransmitUnit unit = new TransmitUnit();
    private final FullWays full = new FullWays();
    private boolean waiting;
    private int nextSegment;
    private long waitingSinceNs;
    private int ipId;
    long units;
    long noRoute;
    long dropped;
    long stalls;

    Departures(HomaEndpoint endpoint, PacketPort port, Encapsulation encapsulation) {
        this.endpoint = endpoint;
        this.port = port;
        this.encapsulation = encapsulation;
        capabilities = port.capabilities();
        boolean tcp = encapsulation == Encapsulation.TCP_HEADER;
        boolean udp = encapsulation == Encapsulation.UDP;
        if (tcp && capabilities.tcpChecksum()) {
            offload = Offload.TCP_CHECKSUM;
        } else {
            offload = udp && capabilities.udpChecksum() ? Offload.UDP_CHECKSUM : Offload.NONE;
        }
        seed = offload == Offload.NONE ? ChecksumSeed.COMPLETE : capabilities.checksumSeed();
        outerBytes = encapsulation.outerBytes();
        segmenter = new Segmenter(port.udpPort());
        segmentation = tcp && capabilities.segmentation();
    }

    /** Whether something waits for room in the link, be it here or in the port. */
    boolean isWaiting() {
        return waiting || port.isPending();
    }

    /** Hands over what may leave now; returns whether there was anything. */
    boolean transmit(long nowNs) {
        // Most rounds have nothing to send: what does is compiled for itself, not as a branch that is rarely taken.
        boolean any = waiting || next(nowNs);
        if (any) {
            send(nowNs);
        }
        // Also for what an earlier round had no room for.
        port.flush();
        return any;
    }

    private boolean next(long nowNs) {
        return endpoint.pollTransmit(unit, nowNs);
    }

    private void send(long nowNs) {
        for (int i = 1; ; i++) {
            if (!waiting) {
                nextSegment = 0;
                units++;
            }
            if (!write(nowNs)) {
                stall(nowNs);
                return;
            }
            waiting = false;
            if (i == UNITS_PER_ROUND || !next(nowNs)) {
                return;
            }
        }
    }

    private void stall(long nowNs) {
        if (!waiting) {
            waiting = true;
            waitingSinceNs = nowNs;
            stalls++;
        } else if (nowNs - waitingSinceNs > MAX_STALL_NS) {
            waiting = false;
            dropped++;
        }
    }

    /** Writes the unit, or what is left of it; false when there is no room now. */
    private boolean write(long nowNs) {
        if (unit.type != HomaHeader.DATA) {
            return writeControl(nowNs);
        }
        int segments = unit.segments();
        int ip = IpHeader.headerBytes(!IpHeader.isIpv4(unit.peerHigh, unit.peerLow));
        boolean whole = segmentation && segments > 1;
        while (nextSegment < segments) {
            int from = nextSegment * unit.segmentBytes;
            int data = whole ? unit.payloadLength : Math.min(unit.segmentBytes, unit.payloadLength - from);
            int bytes = ip + outerBytes + HomaHeader.DATA_BYTES + data;
            long at = port.reserve(unit.peerHigh, unit.peerLow, bytes);
            if (at == PacketPort.NO_ROUTE) {
                noRoute++;
                return true;
            }
            if (at < 0) {
                return isDropped(nowNs);
            }
            full.onRoom(unit.peerHigh, unit.peerLow);
            segmenter.route(encapsulation, port.sourceHigh(), port.sourceLow(), unit.peerHigh, unit.peerLow);
            segmenter.unit(
                    IpHeader.trafficClass(priorityMap, unit.level),
                    ipId,
                    unit.header,
                    0,
                    unit.payload,
                    unit.payloadOffset,
                    unit.payloadLength,
                    whole ? unit.segmentBytes : Math.max(1, unit.segmentBytes));
            segmenter.lead(unit.lead, unit.leadOffset, unit.leadBytes);
            if (whole) {
                segmenter.tsoFrame(port.memory(), at, capabilities.segmentationSeed());
                port.commit(bytes, Offload.SEGMENTATION, unit.segmentBytes);
                break;
            }
            segmenter.segment(nextSegment, port.memory(), at, seed);
            port.commit(bytes, offload, 0);
            nextSegment++;
        }
        ipId += segments;
        return true;
    }

    private boolean writeControl(long nowNs) {
        int ip = IpHeader.headerBytes(!IpHeader.isIpv4(unit.peerHigh, unit.peerLow));
        int bytes = ip + outerBytes + unit.headerLength;
        long at = port.reserve(unit.peerHigh, unit.peerLow, bytes);
        if (at == PacketPort.NO_ROUTE) {
            noRoute++;
            return true;
        }
        if (at < 0) {
            return isDropped(nowNs);
        }
        full.onRoom(unit.peerHigh, unit.peerLow);
        segmenter.route(encapsulation, port.sourceHigh(), port.sourceLow(), unit.peerHigh, unit.peerLow);
        segmenter.control(
                IpHeader.trafficClass(priorityMap, unit.level),
                ipId++,
                unit.header,
                unit.headerLength,
                port.memory(),
                at,
                seed);
        port.commit(bytes, offload, 0);
        return true;
    }

    /** There is no room: whether the unit is not to wait for any, since its peer stands still. */
    private boolean isDropped(long nowNs) {
        boolean stands = full.onFull(unit.peerHigh, unit.peerLow, nowNs);
        if (stands) {
            dropped++;
        }
        return stands;
    }
}
