package dev.remora.bench.process;

import java.io.IOException;

/** Spins until its time is over or its parent is gone. Started by {@link Awake} with idle priority. */
final class Spinner {
    private Spinner() {}

    public static void main(String[] args) {
        long endNs = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000_000L;
        Thread.ofPlatform().daemon().name("spinner-parent").start(Spinner::endWithParent);
        while (System.nanoTime() - endNs < 0) {
            Thread.onSpinWait();
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent; the end of the stream is the message.
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            System.err.println("spinner: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
