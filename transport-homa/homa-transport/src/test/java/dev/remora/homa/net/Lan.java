package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.MemoryHub;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.neighbour.NeighbourTimes;
import dev.remora.homa.net.packet.ArpPacket;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.Checksum;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.Segmenter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

/** One port on a hub, and a bare station that says and hears whatever the test wants. Time is the test's. */
final class Lan implements PacketSink {
    static final long MS = 1_000_000L;
    static final long OUR_MAC = 0x0200_0000_0001L;
    static final long PEER_MAC = 0x0200_0000_0002L;
    static final IpAddress OUR_IP = IpAddress.parse("10.0.0.1");
    static final IpAddress PEER_IP = IpAddress.parse("10.0.0.2");
    static final IpAddress OUR_IP6 = IpAddress.parse("fe80::1");
    static final IpAddress PEER_IP6 = IpAddress.parse("fe80::2");

    /** A Homa packet handed on. */
    record Homa(IpAddress source, int type, int length, byte[] bytes) {}

    final MemoryHub hub;
    final EthernetPort port;
    final InterfaceState state;
    final FrameQueue wire;
    final List<Homa> homa = new ArrayList<>();
    final List<String> unreachable = new ArrayList<>();
    boolean refuseAll;
    long nowNs = Long.MAX_VALUE - 40_000 * MS;

    private byte[] collecting = new byte[0];
    private int collected;

    Lan() {
        this(settings());
    }

    Lan(InterfaceSettings settings) {
        this(settings, MemoryHub.Options.PLAIN);
    }

    Lan(InterfaceSettings settings, MemoryHub.Options options) {
        this(settings, options, false);
    }

    Lan(InterfaceSettings settings, MemoryHub.Options options, boolean takesTagsOff) {
        hub = new MemoryHub(options, 1);
        state = new InterfaceState(settings, NeighbourTimes.USUAL, options.mtu(), 10_000, takesTagsOff);
        port = new EthernetPort(hub.attach(), state);
        wire = hub.attach();
    }

    static InterfaceSettings settings() {
        return InterfaceSettings.of(
                OUR_MAC,
                OwnAddress.parse("10.0.0.1/24"),
                OwnAddress.parse("fe80::1/64"),
                OwnAddress.parse("2001:db8::1/64"));
    }

    /** Lets the port look at what came. */
    Lan run() {
        while (port.receive(this, nowNs) > 0) {
            port.flush();
        }
        port.flush();
        return this;
    }

    Lan later(long ms) {
        nowNs += ms * MS;
        return run();
    }

    /** Sends a frame to the port's side and lets it look. */
    Lan say(byte[] frame) {
        return say(frame, Offload.NONE);
    }

    Lan say(byte[] frame, Offload offload) {
        long at = wire.reserve(frame.length);
        MemorySegment.copy(frame, 0, wire.memory(), ValueLayout.JAVA_BYTE, at, frame.length);
        wire.commit(frame.length, offload, 20, 1400);
        wire.flush();
        return run();
    }

    Lan say(String hex) {
        return say(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    /** All frames the station has got since the last time. */
    Deque<byte[]> heard() {
        Deque<byte[]> frames = new ArrayDeque<>();
        FrameSink sink = new FrameSink() {
            @Override
            public void onFrame(MemorySegment m, long at, int bytes, int frameBytes, boolean good) {
                frames.add(m.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE));
            }

            @Override
            public void onMore(MemorySegment m, long at, int bytes) {}

            @Override
            public void onBurstEnd() {}
        };
        while (wire.receive(sink) > 0) {
            // Until nothing is left.
        }
        return frames;
    }

    /** The only frame the station has got, in hexadecimal; "none" if there is none. */
    String heardHex() {
        Deque<byte[]> frames = heard();
        if (frames.size() > 1) {
            throw new AssertionError(frames.size() + " frames instead of one");
        }
        byte[] frame = frames.poll();
        return frame == null ? "none" : HexFormat.of().formatHex(frame);
    }

    /** Sends a small packet; returns what reserve said. */
    long send(IpAddress to) {
        long at = port.reserve(to.high(), to.low(), 100);
        if (at >= 0) {
            MemorySegment.copy(MemorySegment.ofArray(new byte[100]), 0, port.memory(), at, 100);
            port.commit(100, Offload.NONE, 0);
            port.flush();
        }
        return at;
    }

    int neighbours() {
        return state.neighbours.size();
    }

    long count(PortCounter counter) {
        return port.counters().get(counter);
    }

    // --- frames
    // ----------------------------------------------------------------------------------------------------------

    static byte[] ethernet(long to, long from, int type, byte[] packet) {
        byte[] frame = new byte[EthernetHeader.BYTES + packet.length];
        EthernetHeader.write(MemorySegment.ofArray(frame), 0, to, from, type);
        System.arraycopy(packet, 0, frame, EthernetHeader.BYTES, packet.length);
        return frame;
    }

    static byte[] arp(int operation, long senderMac, IpAddress sender, IpAddress target, boolean broadcast) {
        byte[] packet = new byte[28];
        ArpPacket.write(
                MemorySegment.ofArray(packet), 0, operation, senderMac, (int) sender.low(), 0, (int) target.low());
        return ethernet(broadcast ? MacAddress.BROADCAST : OUR_MAC, senderMac, EthernetHeader.ARP, packet);
    }

    static byte[] data(IpAddress from, IpAddress to, long fromMac, int dataBytes) {
        return data(from, to, fromMac, dataBytes, HomaHeader.PROTOCOL_TCP);
    }

    /** A request in one packet from port 40000 to 4000. */
    static byte[] data(IpAddress from, IpAddress to, long fromMac, int dataBytes, int protocol) {
        int ip = IpHeader.headerBytes(!to.isIpv4());
        int length = HomaHeader.DATA_BYTES + dataBytes;
        byte[] packet = new byte[ip + length];
        MemorySegment m = MemorySegment.ofArray(packet);
        IpHeader.write(m, 0, 0, length, 7, protocol, from.high(), from.low(), to.high(), to.low());
        HomaHeader.writeCommon(m, ip, 40_000, 4000, 0, HomaHeader.DATA, HomaHeader.DATA_WORDS, 2);
        HomaHeader.writeData(m, ip, dataBytes, dataBytes, 0, 0, 0, false, 0, 0);
        for (int i = 0; i < dataBytes; i++) {
            packet[ip + HomaHeader.DATA_BYTES + i] = (byte) i;
        }
        long pseudo = Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), length);
        HomaHeader.setChecksum(m, ip, Checksum.homa(m, ip, length, pseudo));
        return ethernet(OUR_MAC, fromMac, to.isIpv4() ? EthernetHeader.IPV4 : EthernetHeader.IPV6, packet);
    }

    /** The same behind a UDP header. */
    static byte[] udp(IpAddress from, IpAddress to, long fromMac, int dataBytes) {
        MemorySegment frame = MemorySegment.ofArray(data(from, to, fromMac, dataBytes));
        int homa = EthernetHeader.BYTES + IpHeader.headerBytes(!to.isIpv4());
        byte[] packet = new byte[10_000];
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.UDP, from.high(), from.low(), to.high(), to.low());
        segmenter.unit(0, 7, frame, homa, frame, homa + HomaHeader.DATA_BYTES, dataBytes, Math.max(1, dataBytes));
        int length = segmenter.segment(0, MemorySegment.ofArray(packet), 0, ChecksumSeed.COMPLETE);
        int type = to.isIpv4() ? EthernetHeader.IPV4 : EthernetHeader.IPV6;
        return ethernet(OUR_MAC, fromMac, type, Arrays.copyOf(packet, length));
    }

    // --- PacketSink
    // ------------------------------------------------------------------------------------------------------

    @Override
    public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {
        if (refuseAll) {
            port.refuse(memory, packet);
            return;
        }
        collecting = new byte[packet.homaLength()];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, packet.homaOffset(), collecting, 0, contiguous);
        collected = contiguous;
        homa.add(new Homa(
                new IpAddress(packet.sourceHigh(), packet.sourceLow()),
                HomaHeader.type(memory, packet.homaOffset()),
                packet.homaLength(),
                collecting));
    }

    @Override
    public void onMore(MemorySegment memory, long at, int bytes) {
        if (!refuseAll) {
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, collecting, collected, bytes);
            collected += bytes;
            // What the contract allows must not hurt the port.
            memory.asSlice(at - 64, 64).fill((byte) 0xAA);
        }
    }

    @Override
    public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int serverPort) {
        unreachable.add(kind + " " + IpAddress.text(peerHigh, peerLow) + " " + serverPort);
    }

    @Override
    public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {
        unreachable.add("PATH_MTU " + IpAddress.text(peerHigh, peerLow) + " " + mtuBytes);
    }

    @Override
    public void onBurstEnd() {}
}
