package dev.remora.homa.net;

import dev.remora.homa.protocol.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The pieces of one frame, held until the last has come: only then is it known to be whole, and its checksum right. Their
 * memory is that of the burst, which lasts longer.
 */
final class FramePieces {
    /** A frame of 64 KB in pieces of 1 KB fits. */
    static final int MAX_PIECES = 72;

    private final MemorySegment[] memory = new MemorySegment[MAX_PIECES];
    private final long[] at = new long[MAX_PIECES];
    private final int[] bytes = new int[MAX_PIECES];
    private int count;
    private int frameBytes;
    private int heldBytes;
    private boolean overflow;
    private boolean knownGood;

    FramePieces() {
        Arrays.fill(memory, MemorySegment.NULL);
    }

    void begin(MemorySegment m, long from, int length, int wholeBytes, boolean checksumKnownGood) {
        count = 0;
        heldBytes = 0;
        overflow = false;
        frameBytes = wholeBytes;
        knownGood = checksumKnownGood;
        add(m, from, length);
    }

    void add(MemorySegment m, long from, int length) {
        heldBytes += length;
        if (count == MAX_PIECES) {
            overflow = true;
            return;
        }
        memory[count] = m;
        at[count] = from;
        bytes[count] = length;
        count++;
    }

    /** Nothing is held any more. */
    void clear() {
        count = 0;
        heldBytes = 0;
        frameBytes = 0;
        overflow = false;
    }

    boolean isOpen() {
        return count > 0;
    }

    boolean isWhole() {
        return heldBytes >= frameBytes;
    }

    boolean isTooMany() {
        return overflow;
    }

    boolean isKnownGood() {
        return knownGood;
    }

    int frameBytes() {
        return frameBytes;
    }

    int count() {
        return count;
    }

    MemorySegment memory(int i) {
        return memory[i];
    }

    long at(int i) {
        return at[i];
    }

    int bytes(int i) {
        return bytes[i];
    }

    /** The folded sum of so many bytes of the frame, the first ones skipped; skipped bytes are all in the first piece. */
    long sum(int skip, int length) {
        long sum = 0;
        int done = 0;
        int from = skip;
        for (int i = 0; i < count && done < length; i++) {
            int n = Math.min(bytes[i] - from, length - done);
            long piece = Checksum.fold(Checksum.sum(memory[i], at[i] + from, n));
            // A piece that begins at an odd place has its bytes in the other halves of the words.
            sum += (done & 1) == 0 ? piece : (piece & 0xFF) << 8 | piece >>> 8;
            done += n;
            from = 0;
        }
        return sum;
    }
}
