package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.homa.net.Network;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Homa port with its handler, served by all engines. For any thread. */
final class HomaServer implements ServerTransport {
    private final HomaTransport transport;
    private final Context context;
    private final Network.Listening listening;
    private final Endpoint address;
    private final RequestHandler handler;
    private final int maxRequests;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AnswersUnderWay answers = new AnswersUnderWay();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean draining;

    HomaServer(HomaTransport transport, Context context, Network.Listening listening, RequestHandler handler) {
        this.transport = transport;
        this.context = context;
        this.listening = listening;
        this.address = listening.address();
        this.handler = handler;
        this.maxRequests = context.options().maxRequests();
    }

    /** Begins to listen on every engine; returns when all do. */
    void open() {
        onAllShards("the start of the server on " + address, shard -> shard.requests.open(this));
    }

    private void onAllShards(String what, Consumer<Shard> action) {
        CountDownLatch done = new CountDownLatch(transport.shards().size());
        for (Shard shard : transport.shards()) {
            shard.engine().post(new Command() {
                @Override
                protected void run() {
                    action.accept(shard);
                    done.countDown();
                }

                @Override
                protected void refused() {
                    done.countDown();
                }
            });
        }
        transport.await(done, what);
    }

    @Override
    public Endpoint localAddress() {
        return address;
    }

    int port() {
        return address.port();
    }

    RequestHandler handler() {
        return handler;
    }

    boolean isDraining() {
        return draining;
    }

    /** A request wants to be served: null when it may, else why not. {@link #leave} follows its end. */
    @Nullable
    MessageKind enter() {
        if (draining) {
            return MessageKind.REFUSED;
        }
        if (inProgress.incrementAndGet() > maxRequests) {
            inProgress.decrementAndGet();
            return MessageKind.FULL;
        }
        return null;
    }

    void leave() {
        inProgress.decrementAndGet();
    }

    /** Before the port is closed, clients get these. */
    AnswersUnderWay answers() {
        return answers;
    }

    /** Goes on listening, so that clients hear why they are refused. */
    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void close() {
        draining = true;
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        transport.forget(this);
        for (Joins.Join join : context.joins().dropIf(each -> each.localPort() == address.port())) {
            Sweeper.answer(join, MessageKind.LOST);
        }
        onAllShards("the end of the requests to " + address, shard -> shard.requests.end(this));
        linger();
        onAllShards("the end of the server on " + address, shard -> shard.requests.close(this));
        listening.close();
    }

    /**
     * Goes on listening, and refusing, until clients have what they were answered. A request to a port that is closed has an
     * ICMP error, upon which a client ends all its RPCs with that port (homa-protocol.md section 1.13), those too whose
     * answers are on their way.
     */
    private void linger() {
        if (transport.drivenShard() != null) {
            return; // the acknowledgments come by this thread
        }
        long left = answers.await();
        if (left > 0) {
            Context.LOG.info(
                    "the server on {} closes with {} answers that clients have not acknowledged", address, left);
        }
    }
}
