package dev.remora.runtime.attempt;

import dev.remora.runtime.config.ClientSettings;
import dev.remora.spi.SettingValues;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the attempts beyond the first of all calls of a channel, so that clients do not multiply the load of servers in
 * trouble: a token bucket that each call fills by {@code ratio} of a token and each further attempt takes one from. A trickle
 * by time lets a channel with few calls retry too. For any thread.
 */
public final class AttemptBudget {
    /** Tokens are counted in millionths. */
    private static final long TOKEN = 1_000_000;

    private static final double NS_PER_SECOND = 1e9;

    private final long perCall;
    private final double perNs;
    private final long most;
    private final AtomicLong tokens;
    private final AtomicLong filledAtNs;

    /**
     * @param ratio tokens per call, 0 to 1
     * @param perSecond tokens per second, 0 or more
     * @param burst most tokens it holds, and how many it begins with
     */
    public AttemptBudget(double ratio, double perSecond, long burst, long nowNs) {
        perCall = Math.round(ratio * TOKEN);
        perNs = perSecond * TOKEN / NS_PER_SECOND;
        most = burst * TOKEN;
        tokens = new AtomicLong(most);
        filledAtNs = new AtomicLong(nowNs);
    }

    /** As {@link ClientSettings} say. */
    public static AttemptBudget of(SettingValues values, long nowNs) {
        return new AttemptBudget(
                values.get(ClientSettings.RETRY_BUDGET_RATIO),
                values.get(ClientSettings.RETRY_BUDGET_MIN_PER_SECOND),
                values.get(ClientSettings.RETRY_BUDGET_BURST),
                nowNs);
    }

    /** A call begins. */
    void deposit() {
        // A full bucket, the usual case, is only read: it is shared by all calls of the channel.
        if (tokens.get() < most) {
            add(perCall);
        }
    }

    /** Takes a token for a further attempt; false if there is none. */
    boolean withdraw(long nowNs) {
        trickle(nowNs);
        while (true) {
            long have = tokens.get();
            if (have < TOKEN) {
                return false;
            }
            if (tokens.compareAndSet(have, have - TOKEN)) {
                return true;
            }
        }
    }

    /** Gives a token back whose attempt was not made. */
    void refund() {
        add(TOKEN);
    }

    private void trickle(long nowNs) {
        long since = filledAtNs.get();
        long due = (long) ((nowNs - since) * perNs);
        // Parts of a token are counted on: nothing is lost by asking often, as long as the clock moves on only with
        // them.
        if (due > 0 && filledAtNs.compareAndSet(since, nowNs)) {
            add(due);
        }
    }

    private void add(long amount) {
        tokens.accumulateAndGet(amount, (have, more) -> Math.min(most, have + more));
    }
}
