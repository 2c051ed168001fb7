package dev.remora.homa.link.socket;

import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.Offload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes, sends and takes whole frames as arrays. */
final class Frames {
    static final int ETHERNET = 14;
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private Frames() {}

    /** A frame as it was received. */
    record Received(byte[] bytes, boolean checksumKnownGood) {
        byte[] packet() {
            return Arrays.copyOfRange(bytes, ETHERNET, bytes.length);
        }
    }

    static byte[] ethernet(InterfaceFacts from, InterfaceFacts to, int type, byte[] packet) {
        return ByteBuffer.allocate(ETHERNET + packet.length)
                .putShort((short) (to.mac() >>> 32))
                .putInt((int) to.mac())
                .putShort((short) (from.mac() >>> 32))
                .putInt((int) from.mac())
                .putShort((short) type)
                .put(packet)
                .array();
    }

    /** Commits a frame without sending it. */
    static boolean commit(PacketSocketQueue queue, byte[] frame, Offload offload, int l3Bytes, int segmentBytes) {
        long at = queue.reserve(frame.length);
        if (at == PacketSocketQueue.NO_ROOM) {
            return false;
        }
        MemorySegment.copy(frame, 0, queue.memory(), ValueLayout.JAVA_BYTE, at, frame.length);
        queue.commit(frame.length, offload, l3Bytes, segmentBytes);
        return true;
    }

    static void send(PacketSocketQueue queue, byte[] frame) {
        if (!commit(queue, frame, Offload.NONE, 0, 0)) {
            throw new AssertionError("no room");
        }
        queue.flush();
    }

    /** Waits until so many have come. */
    static List<Received> receive(PacketSocketQueue queue, int count) {
        List<Received> all = new ArrayList<>();
        long end = System.nanoTime() + LIMIT_NS;
        while (all.size() < count) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(all.size() + " of " + count + " frames came");
            }
            queue.await(queue.pending() > 0, left);
            queue.receive(into(all));
        }
        return all;
    }

    /** What is there now: the call after a burst may find nothing. */
    static List<Received> receiveNow(PacketSocketQueue queue) {
        List<Received> all = new ArrayList<>();
        int inVain = 0;
        while (inVain < 2) {
            inVain = queue.receive(into(all)) > 0 ? 0 : inVain + 1;
        }
        return all;
    }

    private static FrameSink into(List<Received> all) {
        return new FrameSink() {
            @Override
            public void onFrame(MemorySegment memory, long at, int bytes, int frameBytes, boolean checksumKnownGood) {
                if (bytes != frameBytes) {
                    throw new AssertionError("in pieces");
                }
                byte[] copy = new byte[bytes];
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, copy, 0, bytes);
                all.add(new Received(copy, checksumKnownGood));
            }

            @Override
            public void onMore(MemorySegment memory, long at, int bytes) {
                throw new AssertionError("in pieces");
            }

            @Override
            public void onBurstEnd() {
                if (all.isEmpty()) {
                    throw new AssertionError("the end of a burst of no frames");
                }
            }
        };
    }
}
