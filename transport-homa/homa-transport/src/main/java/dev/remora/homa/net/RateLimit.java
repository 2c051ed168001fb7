package dev.remora.homa.net;

/** So many per second, and a few more at once. One thread. */
final class RateLimit {
    private final long intervalNs;
    private final int burst;
    private int left;
    private boolean began;
    private long lastNs;

    /**
     * @param perSecond 1 to 1e9
     * @param burst most at once after a pause
     */
    RateLimit(int perSecond, int burst) {
        intervalNs = 1_000_000_000L / perSecond;
        this.burst = burst;
        left = burst;
    }

    boolean tryTake(long nowNs) {
        if (!began) {
            began = true;
            lastNs = nowNs;
        }
        long gained = (nowNs - lastNs) / intervalNs;
        if (gained > 0) {
            if (gained >= burst - left) {
                left = burst;
                lastNs = nowNs;
            } else {
                left += (int) gained;
                lastNs += gained * intervalNs;
            }
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
