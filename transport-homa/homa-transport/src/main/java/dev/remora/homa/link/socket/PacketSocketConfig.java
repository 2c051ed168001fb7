package dev.remora.homa.link.socket;

/**
 * How packet sockets are opened.
 *
 * @param interfaceName of the kernel's interface, such as {@code eth0}
 * @param queues sockets, each with a share of the frames; 1 to {@link #MAX_QUEUES}
 * @param spread which of several sockets gets a frame
 * @param receiveBufferBytes frames that wait for us, in bytes of kernel memory per queue; about 2.3 kB for a packet of 1500
 * @param sendBufferBytes frames that wait for the NIC, in the same bytes; less keeps the order of messages strict, more
 *     keeps a fast link busy
 * @param udpPort destination port of Homa behind UDP headers, 0 for none
 * @param vlan the VLAN whose frames are received, 1 to 4094; 0 for those without one
 */
public record PacketSocketConfig(
        String interfaceName,
        int queues,
        Spread spread,
        int receiveBufferBytes,
        int sendBufferBytes,
        int udpPort,
        int vlan) {
    /** More engines than that have other ways. */
    public static final int MAX_QUEUES = 64;

    private static final int MAX_VLAN = 4094;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int SEND_BUFFER_BYTES = 1 << 20;
    private static final int MIN_BUFFER_BYTES = 256 << 10;
    /** The kernel doubles the number, and it must stay an int. */
    private static final int MAX_BUFFER_BYTES = 512 << 20;

    /** Which of several sockets gets a frame. */
    public enum Spread {
        /**
         * The one with the number (client port mod sockets), where the client port is the port of 0x8000 and above; what has
         * no ports goes to the first. So clients can choose where their responses arrive.
         */
        CLIENT_PORT,
        /** By the kernel's hash of addresses and ports, which nobody outside can compute, the same in both directions. */
        HASH
    }

    public PacketSocketConfig {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException(queues + " queues; 1 to " + MAX_QUEUES + " are possible");
        }
        if (udpPort < 0 || udpPort > 0xffff || vlan < 0 || vlan > MAX_VLAN) {
            throw new IllegalArgumentException("UDP port " + udpPort + " (0 to 65535), VLAN " + vlan + " (0 to 4094)");
        }
        checkBuffer("receiveBufferBytes", receiveBufferBytes);
        checkBuffer("sendBufferBytes", sendBufferBytes);
    }

    /** One queue with usual buffers. */
    public static PacketSocketConfig of(String interfaceName) {
        return new PacketSocketConfig(
                interfaceName, 1, Spread.CLIENT_PORT, RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES, 0, 0);
    }

    public PacketSocketConfig withQueues(int number) {
        return new PacketSocketConfig(
                interfaceName, number, spread, receiveBufferBytes, sendBufferBytes, udpPort, vlan);
    }

    public PacketSocketConfig withSpread(Spread by) {
        return new PacketSocketConfig(interfaceName, queues, by, receiveBufferBytes, sendBufferBytes, udpPort, vlan);
    }

    public PacketSocketConfig withBuffers(int receiveBytes, int sendBytes) {
        return new PacketSocketConfig(interfaceName, queues, spread, receiveBytes, sendBytes, udpPort, vlan);
    }

    public PacketSocketConfig withUdpPort(int port) {
        return new PacketSocketConfig(interfaceName, queues, spread, receiveBufferBytes, sendBufferBytes, port, vlan);
    }

    public PacketSocketConfig withVlan(int id) {
        return new PacketSocketConfig(interfaceName, queues, spread, receiveBufferBytes, sendBufferBytes, udpPort, id);
    }

    private static void checkBuffer(String what, int bytes) {
        if (bytes < MIN_BUFFER_BYTES || bytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    what + " " + bytes + "; " + MIN_BUFFER_BYTES + " to " + MAX_BUFFER_BYTES + " are possible");
        }
    }
}
