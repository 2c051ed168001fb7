package dev.remora.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JvmThreadsTest {
    private static final String REST = " S 1 1 1 0 -1 1077952576 100 0 0 0 70 8 0 0 20 19 30 0 5000 0 0";

    @Test
    void knowsCompilersByTheirNames() {
        assertTrue(JvmThreads.isCompiler("C2 CompilerThre"));
        assertTrue(JvmThreads.isCompiler("C1 CompilerThre"));
        assertFalse(JvmThreads.isCompiler("G1 Main Marker"));
        assertFalse(JvmThreads.isCompiler("C2 (odd) name"));
    }

    @Test
    void readsWhatTheKernelTellsOfAThread() {
        assertEquals("C2 (odd) name", JvmThreads.name("12 (C2 (odd) name)" + REST));
        assertEquals(78, JvmThreads.ticks("12 (C2 (odd) name)" + REST));
    }

    @Test
    void whatIsNoStatLineCountsNothing() {
        assertNull(JvmThreads.name(""));
        assertEquals(0, JvmThreads.ticks(""));
        assertEquals(0, JvmThreads.ticks("12 (C2 CompilerThre) S 1"));
    }

    @Test
    void findsThreadsOfThisProcess() throws InterruptedException {
        // A thread tells the kernel its name itself, before it runs what it was given.
        CountDownLatch named = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().name("named-for-test").start(() -> {
            named.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        try {
            named.await();
            assertEquals(
                    1,
                    JvmThreads.ids(ProcessHandle.current().pid(), "named-for-test"::equals)
                            .size());
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void processesThatAreGoneCountNothing() {
        assertEquals(0, JvmThreads.cpuNs(Integer.MAX_VALUE, name -> true));
    }
}
