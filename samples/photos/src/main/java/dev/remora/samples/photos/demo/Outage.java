package dev.remora.samples.photos.demo;

import dev.remora.api.StatusCode;

/**
 * The time without a service that was killed: which errors it explains, and when calls succeeded again. Moments are on the
 * {@link System#nanoTime} scale. For use by any thread.
 */
final class Outage {
    /** How long after the restart calls may still fail: clients wait a while between attempts to connect. */
    private static final long GRACE_NS = 5_000_000_000L;

    private final String service;
    private boolean killed;
    private boolean restarted;
    private boolean recovered;
    private long killedNs;
    private long restartedNs;
    private long recoveredNs;

    Outage(String service) {
        this.service = service;
    }

    String service() {
        return service;
    }

    synchronized void onKilled(long nowNs) {
        killed = true;
        killedNs = nowNs;
    }

    /** It serves again. */
    synchronized void onRestarted(long nowNs) {
        restarted = true;
        restartedNs = nowNs;
    }

    /** A call to {@code called} succeeded. */
    synchronized void onSuccess(String called, long startNs, long nowNs) {
        if (restarted && !recovered && called.equals(service) && startNs - killedNs > 0) {
            recovered = true;
            recoveredNs = nowNs;
        }
    }

    /** Whether it is why a call to {@code called} failed. */
    synchronized boolean explains(String called, StatusCode code, long startNs, long endNs) {
        boolean concerned = called.equals(service) || (called.equals("timeline") && !service.equals("media"));
        boolean clear = code == StatusCode.UNAVAILABLE || code == StatusCode.DEADLINE_EXCEEDED;
        boolean during = killed && endNs - killedNs >= 0 && (!restarted || startNs - restartedNs <= GRACE_NS);
        return concerned && clear && during;
    }

    synchronized boolean isRecovered() {
        return recovered;
    }

    /** Seconds from the start of the run to its stages, for people. */
    synchronized String story(long startNs) {
        if (!killed) {
            return service + " was not killed: the run was too short";
        }
        return service + " was killed (kill -9) at " + seconds(killedNs - startNs) + ", "
                + (restarted ? "served again at " + seconds(restartedNs - startNs) : "did not serve again") + ", "
                + (recovered ? "first call that succeeded at " + seconds(recoveredNs - startNs) : "no call succeeded");
    }

    private static String seconds(long ns) {
        return String.format("%.1f s", ns / 1e9);
    }
}
