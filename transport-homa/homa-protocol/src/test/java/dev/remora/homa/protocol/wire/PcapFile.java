package dev.remora.homa.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Reads the captures: classic little-endian pcap, Ethernet, compressed. */
final class PcapFile {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ETHERNET = 1;
    private static final int ETHERNET_BYTES = 14;

    private PcapFile() {}

    /** The packets from behind the Ethernet header on, with whatever padding the frames have. */
    static List<byte[]> packets(String name) {
        byte[] file = load("/captures/" + name + ".pcap.gz");
        MemorySegment m = MemorySegment.ofArray(file);
        if (m.get(INT, 0) != 0xa1b2c3d4 || m.get(INT, 20) != ETHERNET) {
            throw new IllegalStateException(name + " is no capture of Ethernet");
        }
        List<byte[]> packets = new ArrayList<>();
        int at = 24;
        while (at < file.length) {
            int captured = m.get(INT, at + 8);
            if (captured != m.get(INT, at + 12)) {
                throw new IllegalStateException(name + " has a packet cut short at " + at);
            }
            int from = at + 16;
            packets.add(
                    m.asSlice(from + ETHERNET_BYTES, captured - ETHERNET_BYTES).toArray(ValueLayout.JAVA_BYTE));
            at = from + captured;
        }
        return packets;
    }

    private static byte[] load(String resource) {
        try (InputStream in =
                new GZIPInputStream(Objects.requireNonNull(PcapFile.class.getResourceAsStream(resource), resource))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
