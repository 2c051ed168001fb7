package dev.remora.homa.host;

import dev.remora.homa.link.FrameSink;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Keeps received frames. */
final class Frames implements FrameSink {
    final List<byte[]> whole = new ArrayList<>();
    final List<Integer> pieces = new ArrayList<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();
    private int expected;
    private int count;
    int bursts;
    boolean allGood = true;

    @Override
    public void onFrame(MemorySegment memory, long at, int bytes, int frameBytes, boolean checksumKnownGood) {
        current.reset();
        expected = frameBytes;
        count = 0;
        allGood &= checksumKnownGood;
        onMore(memory, at, bytes);
    }

    @Override
    public void onMore(MemorySegment memory, long at, int bytes) {
        byte[] piece = new byte[bytes];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, piece, 0, bytes);
        // As the contract allows.
        memory.asSlice(at - 64, 64).fill((byte) 0xee);
        current.writeBytes(piece);
        count++;
        if (current.size() == expected) {
            whole.add(current.toByteArray());
            pieces.add(count);
        }
    }

    @Override
    public void onBurstEnd() {
        bursts++;
    }
}
