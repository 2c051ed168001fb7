package dev.remora.homa.sim.fault;

import java.util.EnumMap;
import java.util.Map;

/** The last events of a run in words, the count of each fault, and a digest of everything that happened. */
final class FaultLog {
    private static final int KEPT = 40;

    private final String[] recent = new String[KEPT];
    private final long[] counts = new long[FaultKind.values().length];
    private long lines;
    private long digest = 0xcbf29ce484222325L;

    void event(long nowNs, String what) {
        recent[(int) (lines++ % KEPT)] = nowNs + " " + what;
        mix(nowNs);
        mix(what.hashCode());
    }

    void fault(FaultKind kind) {
        counts[kind.ordinal()]++;
    }

    void fault(FaultKind kind, long times) {
        counts[kind.ordinal()] += times;
    }

    void mix(long value) {
        digest = (digest ^ value) * 0x100000001b3L;
        digest ^= digest >>> 29;
    }

    void mix(byte[] bytes, int from, int length) {
        long h = length;
        for (int i = from; i < from + length; i++) {
            h = h * 31 + bytes[i];
        }
        mix(h);
    }

    long digest() {
        return digest;
    }

    Map<FaultKind, Long> counts() {
        Map<FaultKind, Long> result = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            result.put(kind, counts[kind.ordinal()]);
        }
        return result;
    }

    String recent() {
        StringBuilder text = new StringBuilder(4_000);
        for (long line = Math.max(0, lines - KEPT); line < lines; line++) {
            text.append("    ").append(recent[(int) (line % KEPT)]).append('\n');
        }
        return text.toString();
    }
}
