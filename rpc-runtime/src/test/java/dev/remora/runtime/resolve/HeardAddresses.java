package dev.remora.runtime.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a resolver tells, in its order: lists of addresses and failures. */
public final class HeardAddresses implements NameResolver.Listener {
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    @Override
    public void onAddresses(List<ServerAddress> addresses) {
        heard.add(addresses.stream().map(ServerAddress::toString).toList());
    }

    @Override
    public void onFailure(String what, @Nullable Throwable cause) {
        heard.add(what);
    }

    /** Waits for it; skips what does not fit. */
    public Object next(Predicate<Object> wanted) throws InterruptedException {
        List<Object> skipped = new ArrayList<>();
        while (true) {
            Object next = heard.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing more is heard; it was " + skipped);
            }
            if (wanted.test(next)) {
                return next;
            }
            skipped.add(next);
        }
    }

    /** Waits for exactly these addresses, such as {@code "10.0.0.1:7000 weight=2"}, in this order. */
    public void await(String... addresses) throws InterruptedException {
        next(List.of(addresses)::equals);
    }

    /** Waits for the next failure. */
    public String failure() throws InterruptedException {
        return (String) next(String.class::isInstance);
    }

    /** Waits for whatever comes next. */
    public Object next() throws InterruptedException {
        return next(any -> true);
    }
}
