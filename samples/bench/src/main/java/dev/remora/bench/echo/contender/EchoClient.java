package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Calls to one server. */
public interface EchoClient extends AutoCloseable {
    /** Sends a message and waits for its echo. From as many threads as calls are outstanding, unless {@link #isAsync}. */
    EchoMessage call(EchoMessage request) throws Exception;

    /** Whether it has {@link #start}; if not, each outstanding call needs a thread in {@link #call}. */
    default boolean isAsync() {
        return true;
    }

    /** Sends a message and reports its echo later; also from within a listener. */
    default void start(EchoMessage request, EchoListener listener) {
        throw new UnsupportedOperationException("this contender only has blocking calls");
    }

    /**
     * Waits until the calls that were started have counted {@code end} down. Clients without threads of their own do
     * their work in here.
     *
     * @return false if the time was not enough
     */
    default boolean await(CountDownLatch end, long timeoutNs) throws InterruptedException {
        return end.await(timeoutNs, TimeUnit.NANOSECONDS);
    }

    @Override
    void close();
}
