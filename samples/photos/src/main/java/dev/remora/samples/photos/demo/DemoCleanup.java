package dev.remora.samples.photos.demo;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Ends services and removes the directory, at the end of the demo or at Ctrl-C, once. For use by any thread. */
final class DemoCleanup implements AutoCloseable {
    private final DemoDirectory directory;
    private final Deque<PhotoSystem> systems = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAtExit, "demo-cleanup");
    private volatile boolean atExit;
    private boolean closed;

    DemoCleanup(DemoDirectory directory) {
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    synchronized void add(PhotoSystem system) {
        systems.push(system);
    }

    /** Ends the services that run, before others are started. */
    synchronized void endSystems() {
        while (!systems.isEmpty()) {
            systems.pop().close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, and the hook does what there is to do.
            return;
        }
        end();
    }

    /** Whether the JVM was told to end: what fails then fails because of it. */
    boolean isAtExit() {
        return atExit;
    }

    private void closeAtExit() {
        atExit = true;
        try {
            end();
        } catch (IOException e) {
            System.err.println("demo: temporary files are left behind: " + e.getMessage());
        }
    }

    private synchronized void end() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        endSystems();
        directory.close();
    }
}
