package dev.remora.homa.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Packets known to be right, from the IP header on: one line of hex each in {@code golden.txt}. */
final class Golden {
    private static final Map<String, String> HEX = load();

    private Golden() {}

    static byte[] bytes(String name) {
        return HexFormat.of().parseHex(Objects.requireNonNull(HEX.get(name), name));
    }

    static MemorySegment segment(String name) {
        return MemorySegment.ofArray(bytes(name));
    }

    /** The message the cut frames T0 and N0 belong to. */
    static byte[] message() {
        byte[] message = new byte[5000];
        for (int k = 0; k < message.length; k++) {
            message[k] = (byte) (7 * k + 3);
        }
        return message;
    }

    private static Map<String, String> load() {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream("/golden.txt"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines()
                    .map(line -> line.split(" ", 2))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
