package dev.remora.runtime.attempt;

import java.util.Arrays;

/** Counts the attempts of the last while, in ten slices of time of which the oldest is forgotten as a whole. One thread at a time. */
final class SlidingWindow {
    private static final int SLICES = 10;

    private final long sliceNs;
    private final long[] number = new long[SLICES];
    private final int[] calls = new int[SLICES];
    private final int[] failed = new int[SLICES];
    private final int[] slow = new int[SLICES];

    SlidingWindow(long windowNs) {
        sliceNs = Math.max(1, windowNs / SLICES);
        clear();
    }

    /** What the window holds. */
    record Counts(int calls, int failed, int slow) {}

    void record(boolean hasFailed, boolean wasSlow, long nowNs) {
        long now = Math.floorDiv(nowNs, sliceNs);
        int i = Math.floorMod(now, SLICES);
        if (number[i] != now) {
            number[i] = now;
            calls[i] = 0;
            failed[i] = 0;
            slow[i] = 0;
        }
        calls[i]++;
        failed[i] += hasFailed ? 1 : 0;
        slow[i] += wasSlow ? 1 : 0;
    }

    Counts counts(long nowNs) {
        long oldest = Math.floorDiv(nowNs, sliceNs) - SLICES;
        int allCalls = 0;
        int allFailed = 0;
        int allSlow = 0;
        for (int i = 0; i < SLICES; i++) {
            if (number[i] > oldest) {
                allCalls += calls[i];
                allFailed += failed[i];
                allSlow += slow[i];
            }
        }
        return new Counts(allCalls, allFailed, allSlow);
    }

    void clear() {
        Arrays.fill(number, Long.MIN_VALUE);
    }
}
