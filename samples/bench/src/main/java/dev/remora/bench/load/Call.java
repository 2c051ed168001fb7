package dev.remora.bench.load;

/** What is measured: a call to one of several targets. The load generator knows no more of a service. */
@FunctionalInterface
public interface Call {
    /**
     * Starts a call and returns, best at once: whoever starts calls at their due times waits in here as long as it takes, and
     * the calls after it are late. It may throw instead of telling the outcome.
     *
     * @param target from 0
     * @param requestBytes size of the message to send, 1 at least
     * @param responseBytes size of the message to be sent back, 1 at least
     * @param outcome to be told once how the call ended, by any thread, also before this returns
     */
    void start(int target, int requestBytes, int responseBytes, Outcome outcome);
}
