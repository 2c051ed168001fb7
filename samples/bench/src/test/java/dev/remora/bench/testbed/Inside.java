package dev.remora.bench.testbed;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Does something on a thread of its own in a network namespace; sockets opened there stay there, whoever uses them. */
final class Inside {
    private static final int LIMIT_SECONDS = 30;

    private Inside() {}

    static <T> T of(TestbedHost host, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NamespaceThread.enter(host.namespace());
            return work.call();
        });
        Thread.ofPlatform().daemon().name("in " + host.namespace()).start(task);
        return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
