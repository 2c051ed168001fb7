package dev.remora.homa.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The bells of a transport's engines, in a file that its peers map, too. It may be deleted while it is mapped. Only those
 * who may use the folder can ring; one who does so wrongly makes engines look in vain, or sleep too long, as {@link Bell} says.
 */
final class Bells {
    /** As many as there may be, each in a cache line of its own. */
    static final int ENGINES = HostSettings.MOST_ENGINES;

    private static final int LINE_BYTES = 64;
    private static final int BYTES = ENGINES * LINE_BYTES;

    private final MemorySegment memory;

    private Bells(MemorySegment memory) {
        this.memory = memory;
    }

    /** Of our own engines. */
    static Bells make(Path file) throws IOException {
        // Of a process that was killed, and had the same id by chance.
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE))) {
            // Now, since without room for it the first touch of the memory would fail, and nobody could say why.
            ByteBuffer zeros = ByteBuffer.allocate(BYTES);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            return map(channel);
        }
    }

    /** Of a peer. */
    static Bells open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
            if (channel.size() != BYTES) {
                throw new IOException(file + " has " + channel.size() + " bytes instead of " + BYTES
                        + "; run the same release of remora in both processes");
            }
            return map(channel);
        }
    }

    private static Bells map(FileChannel channel) throws IOException {
        return new Bells(channel.map(MapMode.READ_WRITE, 0, BYTES, Arena.ofAuto()));
    }

    /** That nobody else knows. */
    static Bells alone() {
        return new Bells(Arena.ofAuto().allocate(BYTES, LINE_BYTES));
    }

    Bell of(int engine) {
        if (engine < 0 || engine >= ENGINES) {
            throw new IllegalArgumentException("engines are 0 to " + (ENGINES - 1) + ", not " + engine);
        }
        return new Bell(memory, (long) engine * LINE_BYTES);
    }
}
