package dev.remora.samples.photos.demo;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Kills a service after a third of the run and starts it again a second later. One thread at a time. */
final class Fault {
    private static final long DOWN_NS = TimeUnit.SECONDS.toNanos(1);

    private final Outage outage;
    private final ChildProcesses children;
    private final Screen screen;
    private final long killAtNs;
    private boolean killed;
    private boolean done;
    private @Nullable CompletableFuture<Void> restart;

    Fault(Outage outage, ChildProcesses children, Screen screen, long startNs, long endNs) {
        this.outage = outage;
        this.children = children;
        this.screen = screen;
        this.killAtNs = startNs + (endNs - startNs) / 3;
    }

    /** Whether the service is down because of this. */
    boolean isUnderWay() {
        return killed && !done;
    }

    /**
     * Does what is due.
     *
     * @throws IllegalStateException if the service does not come back; the message names its log
     */
    void advance(long nowNs) throws InterruptedException {
        if (!killed && nowNs - killAtNs >= 0) {
            killed = true;
            outage.onKilled(System.nanoTime());
            long pid = children.kill(outage.service());
            screen.print("kill -9 of " + outage.service() + " (process " + pid + ")");
        } else if (killed && restart == null && nowNs - killAtNs >= DOWN_NS) {
            // On a thread of its own: the table goes on while the service starts.
            restart = CompletableFuture.runAsync(
                    this::restart, task -> Thread.ofVirtual().start(task));
        } else if (restart != null && !done && restart.isDone()) {
            done = true;
            try {
                restart.join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IllegalStateException(cause.getMessage(), cause);
            }
            screen.print(outage.service() + " serves again at "
                    + children.addresses().get(outage.service()));
        }
    }

    private void restart() {
        try {
            children.restart(outage.service());
            outage.onRestarted(System.nanoTime());
        } catch (IOException e) {
            throw new IllegalStateException(outage.service() + " cannot be started again: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(outage.service() + " was not started again: interrupted", e);
        }
    }
}
