package dev.remora.spi;

/** A call in progress. */
@FunctionalInterface
public interface TransportCall {
    /**
     * Gives the call up, and tells the server where the transport can. The handler gets
     * {@link TransportException.Reason#CANCELLED} unless the call has ended already. Any thread, any number of times.
     */
    void cancel();
}
