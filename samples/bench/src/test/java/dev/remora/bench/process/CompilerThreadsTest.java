package dev.remora.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CompilerThreadsTest {
    private static final String REST = " S 1 1 1 0 -1 1077952576 100 0 0 0 70 8 0 0 20 19 30 0 5000 0 0";

    @Test
    void countsCompilersOnly() {
        assertEquals(78, CompilerThreads.ticks("12 (C2 CompilerThre)" + REST));
        assertEquals(78, CompilerThreads.ticks("12 (C1 CompilerThre)" + REST));
        assertEquals(0, CompilerThreads.ticks("12 (G1 Main Marker)" + REST));
        assertEquals(0, CompilerThreads.ticks("12 (C2 (odd) name)" + REST));
    }

    @Test
    void whatIsNoStatLineCountsNothing() {
        assertEquals(0, CompilerThreads.ticks(""));
        assertEquals(0, CompilerThreads.ticks("12 (C2 CompilerThre) S 1"));
    }

    @Test
    void processesThatAreGoneCountNothing() {
        assertEquals(0, CompilerThreads.cpuNs(Integer.MAX_VALUE));
    }
}
