package dev.remora.runtime.resolve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the servers of one target, and finds out when they change. One per channel; for use by any thread. */
public interface NameResolver extends AutoCloseable {
    /** Most servers of one target; a resolver that finds more tells the first so many, and logs it. */
    int MAX_ADDRESSES = 10_000;

    /**
     * Gets what a resolver finds. By one thread at a time, which may be the one that starts the resolver; must not block.
     */
    interface Listener {
        /**
         * All servers that there are now, in the resolver's order, none twice. Replaces what was told before. Empty if it is
         * certain that there are none.
         */
        void onAddresses(List<ServerAddress> addresses);

        /**
         * Nothing could be found out; what was told before stands.
         *
         * @param what failed and why, in a line for people
         */
        void onFailure(String what, @Nullable Throwable cause);
    }

    /**
     * Begins to look, and goes on until {@link #close}. Called once. Does not block; one that need not ask anybody tells
     * its listener before it returns.
     */
    void start(Listener listener);

    /** Somebody has found servers dead: look again soon. Called often; a resolver asks nobody more often than it should. */
    default void refresh() {}

    /** Ends it; the listener is not called any more, but for a call that is in progress. Idempotent. */
    @Override
    void close();
}
