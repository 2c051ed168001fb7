package dev.remora.dpdk.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Capture files in the classic format. */
final class Pcap {
    private static final int MICROSECONDS = 0xa1b2_c3d4;
    private static final int NANOSECONDS = 0xa1b2_3c4d;
    private static final int ETHERNET = 1;

    private Pcap() {}

    static void write(Path file, List<byte[]> frames) throws IOException {
        int size = 24;
        for (byte[] frame : frames) {
            size += 16 + frame.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MICROSECONDS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0);
        out.putInt(65_535).putInt(ETHERNET);
        int second = 1_700_000_000;
        for (byte[] frame : frames) {
            out.putInt(second++)
                    .putInt(0)
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .put(frame);
        }
        Files.write(file, out.array());
    }

    static List<byte[]> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != MICROSECONDS && magic != NANOSECONDS) {
            throw new IOException("not a capture file: " + Integer.toHexString(magic));
        }
        in.position(24);
        List<byte[]> frames = new ArrayList<>();
        while (in.hasRemaining()) {
            in.getLong();
            byte[] frame = new byte[in.getInt()];
            int length = in.getInt();
            if (length != frame.length) {
                throw new IOException("frame of " + length + " bytes cut to " + frame.length);
            }
            in.get(frame);
            frames.add(frame);
        }
        return frames;
    }
}
