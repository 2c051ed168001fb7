package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.homa.engine.Received;
import dev.remora.homa.engine.RequestSink;
import dev.remora.spi.MessageBuffer;
import org.jspecify.annotations.Nullable;

/** What arrives for the servers on one engine. Engine only, but for what says otherwise. */
final class ShardRequests implements RequestSink {
    private static final int MOST_FREE = 1024;

    private final Shard shard;
    private final ExchangeTable exchanges = new ExchangeTable();
    private final CancelledRequests cancelled = new CancelledRequests();
    private final @Nullable Answer[] free = new @Nullable Answer[MOST_FREE];
    private int freeCount;
    private @Nullable HomaServer[] servers = {};
    private volatile int answersUnderWay;
    private long malformed;

    ShardRequests(Shard shard) {
        this.shard = shard;
    }

    ExchangeTable exchanges() {
        return exchanges;
    }

    /** Answers that clients have not acknowledged yet. Any thread; may lag. */
    int answersUnderWay() {
        return answersUnderWay;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the engine writes
    void answerBegins() {
        answersUnderWay++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the engine writes
    void answerEnds() {
        answersUnderWay--;
    }

    private Answer answer(long handle) {
        Answer answer = freeCount > 0 ? free[--freeCount] : null;
        if (answer == null) {
            answer = new Answer(shard);
        }
        answer.begin(handle);
        return answer;
    }

    void giveBack(Answer answer) {
        if (freeCount < MOST_FREE) {
            free[freeCount++] = answer;
        }
    }

    void open(HomaServer server) {
        @Nullable HomaServer[] more = java.util.Arrays.copyOf(servers, servers.length + 1);
        more[servers.length] = server;
        servers = more;
        shard.engine().listen(server.port());
    }

    /** Ends a server's requests; their clients hear that it is lost. */
    void end(HomaServer server) {
        for (HomaExchange exchange : exchanges.all(each -> each.server == server)) {
            exchange.onServerClosed();
        }
    }

    /** Closes a server's port. */
    void close(HomaServer server) {
        for (int i = 0; i < servers.length; i++) {
            if (servers[i] == server) {
                @Nullable HomaServer[] fewer = java.util.Arrays.copyOf(servers, servers.length - 1);
                if (i < fewer.length) {
                    fewer[i] = servers[fewer.length];
                }
                servers = fewer;
                shard.engine().unlisten(server.port());
                break;
            }
        }
    }

    /** The network says that a peer is gone. */
    void onPeerLost(long peerHigh, long peerLow) {
        for (HomaExchange exchange : exchanges.all(each -> each.peerHigh == peerHigh && each.peerLow == peerLow)) {
            exchange.onClientGone();
        }
    }

    private @Nullable HomaServer server(int port) {
        for (HomaServer server : servers) {
            if (server != null && server.port() == port) {
                return server;
            }
        }
        return null;
    }

    @Override
    public void onRequest(
            Received request, long handle, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort) {
        Answer answer = answer(handle);
        MessageHeader header = shard.header;
        MessageKind kind = header.read(request.bytes());
        HomaServer server = server(localPort);
        if (kind == MessageKind.REQUEST) {
            if (cancelled.take(peerHigh, peerLow, peerPort, rpcId)) {
                request.release();
                answer.drop();
            } else if (server == null) {
                request.release();
                answer.note(MessageKind.REFUSED);
            } else if (request.bytes().remaining() > shard.context.options().maxMessageBytes()) {
                request.release();
                answer.tooLarge();
            } else {
                request.dropRead();
                serve(server, answer, request, rpcId, peerHigh, peerLow, peerPort);
            }
            return;
        }
        if (kind == MessageKind.REQUEST_PART) {
            onPart(request, answer, server, rpcId, peerHigh, peerLow, peerPort, localPort);
            return;
        }
        request.release();
        if (kind == MessageKind.PULL) {
            KeptResponses.Entry kept =
                    shard.context.kept().fetch(header.token(), peerHigh, peerLow, header.offset(), System.nanoTime());
            if (kept == null) {
                answer.note(MessageKind.UNKNOWN);
            } else {
                answer.sendPart(kept, header.offset());
            }
        } else if (kind == MessageKind.CANCEL_RPC) {
            // It comes the way of the request, so it finds the same engine.
            HomaExchange exchange = exchanges.find(peerHigh, peerLow, peerPort, header.token());
            answer.note(MessageKind.ACCEPTED);
            if (exchange != null) {
                exchange.onClientGone();
            } else {
                // It may have been answered, and the client knows nothing of a response whose first part is on its way.
                // Or it is yet
                // to come.
                if (!shard.context.kept().discardAnswerTo(peerHigh, peerLow, peerPort, header.token())) {
                    cancelled.add(peerHigh, peerLow, peerPort, header.token());
                }
            }
        } else if (kind == MessageKind.CANCEL_PARTS) {
            Joins.Join dropped = shard.context.joins().cancel(new Joins.Key(peerHigh, peerLow, header.token()));
            answer.note(MessageKind.ACCEPTED);
            if (dropped != null) {
                Sweeper.answer(dropped, MessageKind.ABORTED);
            }
        } else if (kind == MessageKind.DISCARD) {
            shard.context.kept().discard(header.token(), peerHigh, peerLow);
            answer.note(MessageKind.ACCEPTED);
        } else {
            malformed++;
            if (Long.bitCount(malformed) == 1) {
                Context.LOG.warn(
                        "a request from {} that is none of ours ({} so far)",
                        AddressText.of(peerHigh, peerLow, peerPort),
                        malformed);
            }
            answer.note(MessageKind.MALFORMED);
        }
    }

    private void onPart(
            Received part,
            Answer answer,
            @Nullable HomaServer server,
            long rpcId,
            long peerHigh,
            long peerLow,
            int peerPort,
            int localPort) {
        if (server == null || server.isDraining()) {
            part.release();
            answer.note(MessageKind.REFUSED);
            return;
        }
        MessageHeader header = shard.header;
        int offset = header.offset();
        Joins joins = shard.context.joins();
        Joins.Key key = new Joins.Key(peerHigh, peerLow, header.token());
        Joins.Main main = offset == 0 ? new Joins.Main(shard, answer, rpcId, peerPort) : null;
        MessageKind problem = joins.put(key, localPort, header.total(), offset, part.bytes(), main, System.nanoTime());
        part.release();
        if (problem == MessageKind.TOO_LARGE) {
            answer.tooLarge();
        } else if (problem != null) {
            answer.note(problem);
        } else {
            shard.context.sweeper().start();
            if (main == null) {
                answer.note(MessageKind.ACCEPTED);
            }
            Joins.Join complete = joins.takeComplete(key);
            Joins.Main first = complete == null ? null : complete.main();
            if (complete != null && first != null) {
                first.shard().engine().submit(new Completed(complete, first));
            }
        }
    }

    private void serve(
            HomaServer server,
            Answer answer,
            MessageBuffer request,
            long rpcId,
            long peerHigh,
            long peerLow,
            int peerPort) {
        MessageKind refusal = server.enter();
        if (refusal != null) {
            request.release();
            answer.note(refusal);
            return;
        }
        answer.of(server.answers());
        HomaExchange exchange = new HomaExchange(server, shard, answer, peerHigh, peerLow, peerPort, rpcId);
        exchanges.add(exchange);
        try {
            server.handler().onRequest(exchange, request);
        } catch (RuntimeException | Error e) {
            Context.LOG.error("a request handler threw; it must not", e);
            exchange.abortIfOpen();
        }
    }

    /** A large request is whole: it is served where its first part came. */
    private static final class Completed extends Command {
        private final Joins.Join join;
        private final Joins.Main main;

        Completed(Joins.Join join, Joins.Main main) {
            this.join = join;
            this.main = main;
        }

        @Override
        protected void run() {
            ShardRequests requests = main.shard().requests;
            HomaServer server = requests.server(join.localPort());
            if (server == null) {
                join.message().release();
                main.answer().note(MessageKind.REFUSED);
                return;
            }
            Joins.Key key = join.key();
            if (main.shard().context.joins().isCancelled(key)) {
                join.message().release();
                main.answer().note(MessageKind.ABORTED);
                return;
            }
            requests.serve(
                    server,
                    main.answer(),
                    join.message(),
                    main.rpcId(),
                    key.peerHigh(),
                    key.peerLow(),
                    main.peerPort());
        }

        @Override
        protected void refused() {
            join.message().release();
        }
    }
}
