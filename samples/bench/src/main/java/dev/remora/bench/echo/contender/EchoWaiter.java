package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets the calling thread wait for one asynchronous call: what a blocking stub does, with as little as possible. */
final class EchoWaiter implements EchoListener {
    private static final long TIMEOUT_NS = 30_000_000_000L;

    private final Thread caller = Thread.currentThread();
    private volatile @Nullable Object result;

    @Override
    public void onEcho(EchoMessage response) {
        end(response);
    }

    @Override
    public void onFailure(Throwable failure) {
        end(failure);
    }

    private void end(Object ended) {
        result = ended;
        LockSupport.unpark(caller);
    }

    EchoMessage await() throws InterruptedException, ExecutionException, TimeoutException {
        long startNs = System.nanoTime();
        Object ended = result;
        while (ended == null) {
            long leftNs = TIMEOUT_NS - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                throw new TimeoutException("no echo within 30 s");
            }
            LockSupport.parkNanos(this, leftNs);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            ended = result;
        }
        if (ended instanceof Throwable failure) {
            throw new ExecutionException(failure);
        }
        return (EchoMessage) ended;
    }
}
