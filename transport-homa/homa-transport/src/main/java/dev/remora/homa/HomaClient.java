package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.homa.net.Network;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls to one server, which is looked for when the first call needs it, and again after it was lost. For any thread. */
final class HomaClient implements ClientTransport {
    private final HomaTransport transport;
    private final Context context;
    private final Endpoint peer;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicLong tokens = new AtomicLong(new SecureRandom().nextLong());

    /** Calls that wait until the server is found; guarded by this. At most as many as may be outstanding. */
    private List<HomaCall> waiting = new ArrayList<>();

    private boolean resolving;

    /** Peers lost while the server is looked for, which may have been found just before; guarded by this. */
    private final Set<PeerAddress> lostMeanwhile = new HashSet<>();

    private volatile @Nullable Path path;
    private volatile boolean closed;

    HomaClient(HomaTransport transport, Context context, Endpoint peer) {
        this.transport = transport;
        this.context = context;
        this.peer = peer;
    }

    @Override
    public Endpoint peer() {
        return peer;
    }

    @Override
    public MessageBuffer allocate(int size) {
        return context.pool().lend(size);
    }

    /**
     * {@inheritDoc}
     *
     * <p>{@code timeoutNs} is not used here: finding the server has its own limit, and Homa its own time-outs.
     */
    @Override
    public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        HomaCall call = new HomaCall(this, OutgoingMessage.take(request), handler);
        int now = outstanding.incrementAndGet();
        if (closed) {
            call.refuse(closedFailure());
        } else if (now > context.options().maxOutstanding()) {
            call.refuse(new TransportException(
                    Reason.OVERLOADED,
                    "more than " + context.options().maxOutstanding() + " calls to " + peer
                            + " are outstanding (remora.homa.max-outstanding): wait for some to end"));
        } else {
            Path to = path;
            if (to == null) {
                startWhenFound(call);
            } else {
                call.start(to, shard(to, handler.willDrive()));
            }
        }
        return call;
    }

    /**
     * The shard this thread drives, else one after the other. Callers that wait for their responses keep to one each, which they
     * drive themselves, and leave those alone that others drive.
     */
    private Shard shard(Path to, boolean waits) {
        List<Shard> shards = transport.shards();
        int count = shards.size();
        if (count == 1) {
            return shards.get(0);
        }
        Shard driven = transport.drivenShard();
        if (driven != null && to.leadsFrom(driven)) {
            return driven;
        }
        int first = waits ? (int) Thread.currentThread().threadId() : turn.getAndIncrement();
        Shard best = null;
        for (int i = 0; i < count; i++) {
            Shard each = shards.get(Math.floorMod(first + i, count));
            if (to.leadsFrom(each)) {
                if (!waits || !each.engine().isDriven()) {
                    return each;
                }
                best = best == null ? each : best;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no engine leads to " + to.server);
        }
        return best;
    }

    private void startWhenFound(HomaCall call) {
        boolean first = false;
        boolean full = false;
        Path to;
        synchronized (this) {
            to = path;
            if (to == null) {
                // Calls that were cancelled meanwhile still stand here.
                full = waiting.size() >= context.options().maxOutstanding();
                if (!full) {
                    waiting.add(call);
                    first = !resolving;
                    resolving = true;
                }
            }
        }
        if (to != null) {
            call.start(to, shard(to, false));
        } else if (full) {
            call.refuse(new TransportException(Reason.OVERLOADED, "too many calls wait until " + peer + " is found"));
        } else if (first) {
            resolve();
        }
    }

    private void resolve() {
        try {
            transport.network().resolve(peer, new Network.Resolution() {
                @Override
                public void found(PeerAddress server) {
                    Path way;
                    try {
                        way = transport.path(server);
                    } catch (RuntimeException e) {
                        onNotFound(String.valueOf(e.getMessage()));
                        return;
                    }
                    onFound(way);
                }

                @Override
                public void notFound(String problem) {
                    onNotFound(problem);
                }
            });
        } catch (RuntimeException e) {
            onNotFound(String.valueOf(e.getMessage()));
        }
    }

    private void onFound(Path found) {
        List<HomaCall> ready = List.of();
        boolean again;
        synchronized (this) {
            again = lostMeanwhile.stream().anyMatch(found::isHost);
            lostMeanwhile.clear();
            if (!again) {
                path = found;
                ready = takeWaiting();
            }
        }
        if (again) {
            resolve();
        }
        for (HomaCall call : ready) {
            call.startLater(found, shard(found, false));
        }
    }

    private void onNotFound(String problem) {
        List<HomaCall> failed;
        synchronized (this) {
            failed = takeWaiting();
        }
        for (HomaCall call : failed) {
            call.refuse(closed ? closedFailure() : Failures.unreachable(peer, problem));
        }
    }

    private List<HomaCall> takeWaiting() {
        List<HomaCall> all = waiting;
        waiting = new ArrayList<>();
        lostMeanwhile.clear();
        resolving = false;
        return all;
    }

    /** A call over this path has failed: the server is looked for anew at the next call. */
    void forget(Path failed) {
        if (path == failed) {
            synchronized (this) {
                if (path == failed) {
                    path = null;
                }
            }
        }
    }

    /** The network says that a peer is gone. */
    void onPeerLost(PeerAddress gone) {
        Path now;
        synchronized (this) {
            now = path;
            if (resolving) {
                lostMeanwhile.add(gone);
            }
        }
        if (now != null && now.isHost(gone)) {
            now.lose();
            forget(now);
        }
    }

    long nextToken() {
        return tokens.getAndIncrement();
    }

    void onEnded() {
        outstanding.decrementAndGet();
    }

    boolean isClosed() {
        return closed;
    }

    TransportException closedFailure() {
        return new TransportException(Reason.CLOSED, "the client of " + peer + " was closed");
    }

    @Override
    public int outstanding() {
        return outstanding.get();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        transport.forget(this);
        onNotFound("");
        CountDownLatch ended = new CountDownLatch(transport.shards().size());
        for (Shard shard : transport.shards()) {
            shard.engine().post(new Command() {
                @Override
                protected void run() {
                    shard.calls.close(HomaClient.this);
                    ended.countDown();
                }

                @Override
                protected void refused() {
                    ended.countDown();
                }
            });
        }
        transport.await(ended, "the client of " + peer);
    }
}
