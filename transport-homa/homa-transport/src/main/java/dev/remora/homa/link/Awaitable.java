package dev.remora.homa.link;

/**
 * What an idle engine can sleep on. Optional for a {@link FrameQueue}: where it is missing, the engine can only look again
 * and again.
 */
public interface Awaitable {
    /**
     * Frames that come from now on end the next {@link #await}. Then {@link #disarm}, whether there was a sleep or not. By the
     * thread that is going to sleep.
     *
     * @return whether frames that came before would not, so that the caller must look for them now
     */
    default boolean arm() {
        return false;
    }

    /** Nobody is going to sleep: senders need not tell that they sent. By the thread that armed. */
    default void disarm() {}

    /**
     * Sleeps until there may be something to do: a frame arrived, the device takes frames again, or somebody called
     * {@link #wake}, be it before, but after {@link #arm}. By one thread at a time, which need not own the queue. May return early without a reason;
     * not woken by {@link Thread#interrupt}, and a virtual thread keeps its carrier.
     *
     * @param room whether to wake up when the device takes frames, because some wait for it
     * @param timeoutNs longest sleep in ns; 0 and less only looks
     * @return whether there may be something to do; false when the time is over
     */
    boolean await(boolean room, long timeoutNs);

    /**
     * Ends the sleep, or the one that was armed. From any thread, also after the close, when it does nothing. What the caller did
     * before is seen by the thread that returns from {@link #await}.
     */
    void wake();
}
