package dev.remora.homa.sim.net;

/**
 * Shape, rates and delays of a network of racks.
 *
 * @param racks top-of-rack switches
 * @param hostsPerRack hosts below each
 * @param spines core switches, each connected to each rack
 * @param edgeGbps links of hosts
 * @param coreGbps links between racks and core switches
 * @param switchDelayNs from the last bit that comes in to the first that may go out
 * @param propagationNs time on a wire
 * @param hostReceiveNs software and card of the receiving host, before the protocol sees a packet
 * @param hostTransmitNs software and card of the sending host, after the protocol has given a packet away
 * @param bufferBytes packet memory of each switch
 * @param ringSlots units that the card of a host holds
 */
public record NetParameters(
        int racks,
        int hostsPerRack,
        int spines,
        int edgeGbps,
        int coreGbps,
        long switchDelayNs,
        long propagationNs,
        long hostReceiveNs,
        long hostTransmitNs,
        long bufferBytes,
        int ringSlots) {
    private static final long SWITCH_DELAY_NS = 250;
    /** Half of the 1.5 us in which a host of the paper answers a packet. */
    private static final long HOST_NS = 750;

    private static final long BUFFER_BYTES = 16 << 20;
    private static final int RING_SLOTS = 1024;
    private static final int MAX_GBPS = 800;
    private static final int FULL_PACKET_BYTES = 1_500 + 14 + 24;
    private static final int GRANT_PACKET_BYTES = 33 + 20 + 14 + 24;

    public NetParameters {
        require(racks >= 1 && hostsPerRack >= 1 && racks * hostsPerRack >= 2, "a network needs two hosts at least");
        require(racks == 1 || spines >= 1, "several racks need a core switch");
        require(
                edgeGbps >= 1 && edgeGbps <= MAX_GBPS && coreGbps >= 1 && coreGbps <= MAX_GBPS,
                "rates: 1 to 800 Gbit/s");
        require(
                8_000 % edgeGbps == 0 && 8_000 % coreGbps == 0,
                "rates must divide 8000 Gbit/s: whole picoseconds a byte");
        require(
                switchDelayNs >= 0 && propagationNs >= 0 && hostReceiveNs >= 0 && hostTransmitNs >= 0,
                "negative delay");
        require(bufferBytes > 0 && ringSlots > 0, "buffers and rings must have room");
    }

    /** The network of SIGCOMM'18 §5.2: 9 racks of 16 hosts, 10 Gbit/s, 4 core switches behind 40 Gbit/s. */
    public static NetParameters paper() {
        return racks(9, 16, 10);
    }

    /** Racks without oversubscription, in the proportions of the paper. */
    public static NetParameters racks(int racks, int hostsPerRack, int edgeGbps) {
        int spines = racks == 1 ? 0 : Math.max(1, Math.ceilDiv(hostsPerRack, 4));
        return new NetParameters(
                racks,
                hostsPerRack,
                spines,
                edgeGbps,
                4 * edgeGbps,
                SWITCH_DELAY_NS,
                0,
                HOST_NS,
                HOST_NS,
                BUFFER_BYTES,
                RING_SLOTS);
    }

    /** Hosts at one switch. */
    public static NetParameters star(int hosts, int edgeGbps) {
        return racks(1, hosts, edgeGbps);
    }

    public NetParameters withBufferBytes(long bytes) {
        return new NetParameters(
                racks,
                hostsPerRack,
                spines,
                edgeGbps,
                coreGbps,
                switchDelayNs,
                propagationNs,
                hostReceiveNs,
                hostTransmitNs,
                bytes,
                ringSlots);
    }

    public NetParameters withHosts(int newRacks, int newHostsPerRack) {
        return new NetParameters(
                newRacks,
                newHostsPerRack,
                newRacks == 1 ? 0 : Math.max(spines, 1),
                edgeGbps,
                coreGbps,
                switchDelayNs,
                propagationNs,
                hostReceiveNs,
                hostTransmitNs,
                bufferBytes,
                ringSlots);
    }

    public int hosts() {
        return racks * hostsPerRack;
    }

    /**
     * From a full packet given to the card of one host until the GRANT for it makes the next one leave, through the core
     * if there is one, without load. With the rate of the edge it gives what SIGCOMM'18 calls RTTbytes.
     */
    public long roundTripNs() {
        return oneWayNs(FULL_PACKET_BYTES) + oneWayNs(GRANT_PACKET_BYTES);
    }

    /** Time of a packet of that many bytes on the wire between hosts of different racks, if there are any. */
    public long oneWayNs(int wireBytes) {
        int coreLinks = racks == 1 ? 0 : 2;
        int switches = racks == 1 ? 1 : 3;
        long picos = 2 * wireBytes * Port.picosPerByte(edgeGbps) + coreLinks * wireBytes * Port.picosPerByte(coreGbps);
        return Port.nanos(picos)
                + switches * switchDelayNs
                + (switches + 1) * propagationNs
                + hostTransmitNs
                + hostReceiveNs;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
