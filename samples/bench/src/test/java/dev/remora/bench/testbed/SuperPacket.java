package dev.remora.bench.testbed;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** TCP segments in one piece, as a packet socket hands them to the kernel, which is to cut them (packet(7), PACKET_VNET_HDR). */
@SuppressWarnings("restricted")
final class SuperPacket {
    /** What each segment carries. */
    static final int SEGMENT = 1424;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final short ETH_P_IP = 0x0800;

    private static final int VNET_HEADER = 10;
    private static final int ETHERNET = 14;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int TCP_CHECKSUM_AT = 16;

    private static final Linker LINKER = Linker.nativeLinker();

    private SuperPacket() {}

    /** Sends one of so many segments through the interface with that index of the namespace the calling thread is in. */
    static void send(int interfaceIndex, String from, String to, int segments) throws Exception {
        byte[] packet = packet(from, to, segments * SEGMENT);
        try {
            int fd = call("socket", AF_PACKET, SOCK_RAW, 0);
            try {
                send(fd, linkAddress(interfaceIndex), packet);
            } finally {
                call("close", fd);
            }
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void send(int fd, byte[] to, byte[] packet) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
            MemorySegment address = arena.allocateFrom(JAVA_BYTE, to);
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, packet);
            check("setsockopt", (int) handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT)
                    .invokeExact(fd, SOL_PACKET, PACKET_VNET_HDR, on, (int) on.byteSize()));
            long sent = (long) handle("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT)
                    .invokeExact(fd, bytes, (long) packet.length, 0, address, (int) address.byteSize());
            if (sent != packet.length) {
                throw new IllegalStateException("sendto: " + sent + " of " + packet.length);
            }
        }
    }

    private static byte[] packet(String from, String to, int payload) throws Exception {
        ByteBuffer b = ByteBuffer.allocate(VNET_HEADER + ETHERNET + IP + TCP + payload);
        int tcpAt = ETHERNET + IP;
        // virtio_net_hdr: checksum wanted, TCP over IPv4, in the machine's order.
        b.order(ByteOrder.nativeOrder()).put((byte) 1).put((byte) 1);
        b.putShort((short) (tcpAt + TCP)).putShort((short) SEGMENT);
        b.putShort((short) tcpAt).putShort((short) TCP_CHECKSUM_AT);
        b.order(ByteOrder.BIG_ENDIAN);
        // To everybody: the sender knows no address, and a stack does not answer TCP that came so.
        b.putLong(0xffff_ffff_ffff_0200L).putInt(1).putShort(ETH_P_IP);
        b.putShort((short) 0x4500).putShort((short) (IP + TCP + payload)).putInt(0);
        b.putShort((short) 0x4006).putShort((short) 0);
        b.put(InetAddress.getByName(from).getAddress())
                .put(InetAddress.getByName(to).getAddress());
        b.putInt(0x1234_1234).putInt(0).putInt(0).putShort((short) 0x5010).putShort((short) 0xffff);
        return b.array();
    }

    /** sockaddr_ll. */
    private static byte[] linkAddress(int interfaceIndex) {
        ByteBuffer b = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
        b.putShort((short) AF_PACKET).order(ByteOrder.BIG_ENDIAN).putShort(ETH_P_IP);
        b.order(ByteOrder.nativeOrder()).putInt(interfaceIndex).putShort((short) 0);
        return b.put((byte) 0).put((byte) 6).array();
    }

    private static int call(String name, int... arguments) throws Throwable {
        MemoryLayout[] layouts = new MemoryLayout[arguments.length];
        Arrays.fill(layouts, JAVA_INT);
        Object[] boxed = Arrays.stream(arguments).boxed().toArray();
        return check(name, (int) handle(name, JAVA_INT, layouts).invokeWithArguments(boxed));
    }

    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private static int check(String name, int result) {
        if (result < 0) {
            throw new IllegalStateException(name + " failed: " + result);
        }
        return result;
    }
}
