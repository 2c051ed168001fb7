package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.remora.spi.TransportException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Opening a packet socket in the right order: it joins others only when it is bound, and receives nothing before all have: each
 * socket gets all frames until it shares them, and a request that came to two engines would be run twice. Every failure says what to
 * do.
 */
final class PacketSocket implements AutoCloseable {
    private final SystemCalls calls;
    private final String interfaceName;
    private final int fd;

    private PacketSocket(SystemCalls calls, String interfaceName, int fd) {
        this.calls = calls;
        this.interfaceName = interfaceName;
        this.fd = fd;
    }

    /**
     * Opens one, bound to the interface, which receives nothing yet: {@link #letIn}.
     *
     * @param calls only used by the calling thread
     * @throws TransportException UNSUPPORTED with the remedy
     */
    static PacketSocket open(SystemCalls calls, PacketSocketConfig config) {
        String name = config.interfaceName();
        InterfaceFacts.checkName(name);
        try (Arena arena = Arena.ofConfined()) {
            int index = calls.interfaceIndex(arena.allocateFrom(name).address());
            if (index < 0) {
                throw InterfaceFacts.noSuchInterface(name);
            }
            // With protocol 0 it receives nothing yet.
            int fd = calls.socket(Abi.AF_PACKET, Abi.SOCK_RAW | Abi.SOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw notOpened(name, fd);
            }
            PacketSocket socket = new PacketSocket(calls, name, fd);
            try {
                socket.checkInterface(arena);
                socket.setUp(arena, config);
                socket.bind(arena, index);
                return socket;
            } catch (Throwable e) {
                socket.close();
                throw e;
            }
        }
    }

    int fd() {
        return fd;
    }

    private void checkInterface(Arena arena) {
        MemorySegment request = arena.allocate(Abi.IFREQ_BYTES, 8);
        request.setString(Abi.IFREQ__NAME, interfaceName);
        int type = Short.toUnsignedInt(ask(Abi.SIOCGIFHWADDR, request).get(JAVA_SHORT, Abi.IFREQ__VALUE));
        if (type != Abi.ARPHRD_ETHER && type != Abi.ARPHRD_LOOPBACK) {
            throw unsupported("interface " + interfaceName + " carries no Ethernet frames (its type is " + type
                    + "): choose one that does, usually the NIC below a tunnel; there are " + InterfaceFacts.names());
        }
        if ((ask(Abi.SIOCGIFFLAGS, request).get(JAVA_SHORT, Abi.IFREQ__VALUE) & Abi.IFF_UP) == 0) {
            throw unsupported("interface " + interfaceName + " is down: switch it on by \"ip link set " + interfaceName
                    + " up\"");
        }
    }

    /** Largest IP packet of the interface, in bytes. */
    int mtu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(Abi.IFREQ_BYTES, 8);
            request.setString(Abi.IFREQ__NAME, interfaceName);
            return ask(Abi.SIOCGIFMTU, request).get(JAVA_INT, Abi.IFREQ__VALUE);
        }
    }

    private MemorySegment ask(long what, MemorySegment request) {
        int error = calls.ioctl(fd, what, request.address());
        if (error < 0) {
            throw unsupported("interface " + interfaceName + " does not tell about itself (ioctl 0x"
                    + Long.toHexString(what) + "): " + SystemCalls.text(error) + "; was it removed just now?");
        }
        return request;
    }

    private void setUp(Arena arena, PacketSocketConfig config) {
        attach(FrameFilters.nothing(), arena);
        need("PACKET_VNET_HDR", set(Abi.SOL_PACKET, Abi.PACKET_VNET_HDR, number(arena, 1)));
        int ignored = set(Abi.SOL_PACKET, Abi.PACKET_IGNORE_OUTGOING, number(arena, 1));
        if (ignored != -Abi.ENOPROTOOPT) {
            // Kernels before 4.20 do not know it; there the filter does the same, a little later.
            need("PACKET_IGNORE_OUTGOING", ignored);
        }
        buffer(arena, Abi.SO_RCVBUFFORCE, Abi.SO_RCVBUF, config.receiveBufferBytes());
        buffer(arena, Abi.SO_SNDBUFFORCE, Abi.SO_SNDBUF, config.sendBufferBytes());
    }

    /** Receives what is ours from now on. */
    void letIn(PacketSocketConfig config) {
        try (Arena arena = Arena.ofConfined()) {
            attach(FrameFilters.ours(config.udpPort(), config.vlan()), arena);
        }
    }

    /** In place of the last one, at once. */
    private void attach(SocketProgram filter, Arena arena) {
        need("SO_ATTACH_FILTER", set(Abi.SOL_SOCKET, Abi.SO_ATTACH_FILTER, filter.write(arena)));
    }

    /** The kernel doubles the number, as it counts its own overhead; without CAP_NET_ADMIN its limit holds. */
    private void buffer(Arena arena, int force, int ordinary, int bytes) {
        MemorySegment number = number(arena, bytes / 2);
        if (set(Abi.SOL_SOCKET, force, number) < 0) {
            need("SO_RCVBUF or SO_SNDBUF", set(Abi.SOL_SOCKET, ordinary, number));
        }
    }

    private void bind(Arena arena, int index) {
        MemorySegment address = arena.allocate(Abi.SOCKADDR_LL_BYTES, 8);
        address.set(JAVA_SHORT, Abi.SOCKADDR_LL__FAMILY, (short) Abi.AF_PACKET);
        address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), Abi.SOCKADDR_LL__PROTOCOL, (short) Abi.ETH_P_ALL);
        address.set(JAVA_INT, Abi.SOCKADDR_LL__IFINDEX, index);
        need("bind", calls.bind(fd, address.address(), Abi.SOCKADDR_LL_BYTES));
    }

    /**
     * Shares the frames with others.
     *
     * @param group a number given back before, or -1 for a new group
     * @return number of the group
     */
    int join(int group, PacketSocketConfig.Spread spread) {
        try (Arena arena = Arena.ofConfined()) {
            boolean first = group < 0;
            int type = spread == PacketSocketConfig.Spread.HASH ? Abi.PACKET_FANOUT_HASH : Abi.PACKET_FANOUT_CBPF;
            int wanted = first ? (type | Abi.PACKET_FANOUT_FLAG_UNIQUEID) << 16 : type << 16 | group;
            need("PACKET_FANOUT", set(Abi.SOL_PACKET, Abi.PACKET_FANOUT, number(arena, wanted)));
            if (first && spread == PacketSocketConfig.Spread.CLIENT_PORT) {
                MemorySegment program = FrameFilters.byClientPort().write(arena);
                need("PACKET_FANOUT_DATA", set(Abi.SOL_PACKET, Abi.PACKET_FANOUT_DATA, program));
            }
            return get(arena, Abi.PACKET_FANOUT, Integer.BYTES).get(JAVA_INT, 0) & 0xffff;
        }
    }

    private MemorySegment get(Arena arena, int option, int bytes) {
        MemorySegment value = arena.allocate(bytes, 8);
        MemorySegment length = number(arena, bytes);
        need("getsockopt", calls.getsockopt(fd, Abi.SOL_PACKET, option, value.address(), length.address()));
        return value;
    }

    private int set(int level, int option, MemorySegment value) {
        return calls.setsockopt(fd, level, option, value.address(), (int) value.byteSize());
    }

    private static MemorySegment number(Arena arena, int value) {
        return arena.allocateFrom(JAVA_INT, value);
    }

    private void need(String what, int result) {
        if (result < 0) {
            throw unsupported("packet socket on " + interfaceName + ": " + what + " failed: " + SystemCalls.text(result)
                    + "; it works on Linux 4.20 and newer, outside of sandboxes such as gVisor");
        }
    }

    private static TransportException notOpened(String name, int error) {
        String what = "packet socket on " + name + ": " + SystemCalls.text(error) + ". ";
        return unsupported(
                switch (-error) {
                    case Abi.EPERM ->
                        what
                                + "It needs the right CAP_NET_RAW. Run as root, in a container with --cap-add NET_RAW, or give"
                                + " the right to the JVM: sudo setcap cap_net_raw+ep " + java() + " (every program that"
                                + " this JVM runs, for any user, then has it, and the JVM is started in secure mode: it"
                                + " does not follow LD_LIBRARY_PATH, and may need its lib folder in /etc/ld.so.conf.d)";
                    case Abi.EAFNOSUPPORT, Abi.EINVAL ->
                        what + "This kernel has no packet sockets: load them by \"modprobe af_packet\"";
                    default -> what + "Raise the limits of open files and memory if they are reached";
                });
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse(System.getProperty("java.home") + "/bin/java");
    }

    private static TransportException unsupported(String message) {
        return new TransportException(TransportException.Reason.UNSUPPORTED, message);
    }

    @Override
    public void close() {
        // Linux has closed it whatever the result says.
        calls.close(fd);
    }
}
