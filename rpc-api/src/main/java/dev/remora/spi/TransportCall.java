package dev.remora.spi;

/** A call in progress. */
@FunctionalInterface
public interface TransportCall {
    /**
     * Gives the call up, and tells the server where the transport can. The handler gets
     * {@link TransportException.Reason#CANCELLED} unless the call has ended already. Any thread, any number of times.
     */
    void cancel();

    /**
     * Lets the calling thread do the transport's work for a moment instead of waiting for another thread to do it; handlers of
     * this and of other calls may run meanwhile. Any thread that would only wait otherwise.
     *
     * @return false when there is nothing it can do: the caller then waits as usual
     */
    default boolean drive() {
        return false;
    }
}
