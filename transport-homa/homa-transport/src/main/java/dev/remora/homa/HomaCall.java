package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.homa.engine.Received;
import dev.remora.homa.engine.Waiter;
import dev.remora.homa.protocol.RpcError;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call of a client. Whoever sets {@code ended} first tells the handler, nobody else does; memory and RPC are given back on
 * the engine, which may be later.
 */
final class HomaCall extends Command implements TransportCall, Waiter {
    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(HomaCall.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final HomaClient client;
    private final ResponseHandler handler;

    /** Written before {@link #shard}. */
    private @Nullable Path path;

    /** Null until the server is found. */
    private volatile @Nullable Shard shard;

    @SuppressWarnings("unused") // through ENDED
    private volatile boolean ended;

    // Engine only, from the submission on.
    private @Nullable OutgoingMessage request;
    private @Nullable CallRpc rpc;
    private @Nullable RequestPush push;
    private @Nullable ResponsePull pull;

    private int clientPort;

    /** Place among the calls under way. */
    int place = -1;

    HomaCall(HomaClient client, OutgoingMessage request, ResponseHandler handler) {
        this.client = client;
        this.request = request;
        this.handler = handler;
    }

    /** The server is known: its caller submits the call. */
    void start(Path newPath, Shard newShard) {
        submit(newPath, newShard, mayDrive() && handler.willDrive());
    }

    /** The server was found later, when the caller sleeps already. */
    void startLater(Path newPath, Shard newShard) {
        submit(newPath, newShard, false);
    }

    private void submit(Path newPath, Shard newShard, boolean willDrive) {
        path = newPath;
        shard = newShard;
        newShard.engine().submit(this, willDrive);
    }

    Path path() {
        return Objects.requireNonNull(path);
    }

    Shard shard() {
        return Objects.requireNonNull(shard);
    }

    /** Of all its RPCs, so that they come to the same engine of the server. Engine only. */
    int clientPort() {
        return clientPort;
    }

    /** The request's bytes; while parts of it are being sent. */
    OutgoingMessage request() {
        return Objects.requireNonNull(request);
    }

    @Override
    protected void run() {
        if (ended || client.isClosed()) {
            dropRequest();
            fail(client.closedFailure());
            return;
        }
        if (path().isLost()) {
            // Lost before anything was sent: the engine has failed the RPCs with that peer, and would send into
            // nowhere.
            refuse(Failures.unreachable(client.peer(), "it has gone"));
            return;
        }
        Shard on = shard();
        OutgoingMessage message = request();
        CallRpc mine = on.calls.rpc(this);
        rpc = mine;
        clientPort = path().nextPort(on);
        place = on.calls.add(this);
        boolean sent;
        if (Parts.fitsWhole(message.size())) {
            message.header(MessageKind.REQUEST);
            sent = on.send(mine, path(), clientPort, message, MessageKind.REQUEST, message.size());
        } else {
            push = new RequestPush(this, client.nextToken());
            sent = push.start(mine);
        }
        if (!sent) {
            end(Failures.overloaded(client.peer()));
        }
    }

    @Override
    protected void refused() {
        dropRequest();
        fail(client.closedFailure());
    }

    /** What the server answered to the RPC. */
    void onAnswer(Received answer) {
        giveBackRpc();
        RequestPush pushing = push;
        push = null;
        if (pushing != null) {
            pushing.stop();
        }
        dropRequest();
        Shard on = shard();
        MessageKind kind = on.header.read(answer.bytes());
        if (kind == MessageKind.RESPONSE) {
            int size = answer.bytes().remaining();
            if (size > on.context.options().maxMessageBytes()) {
                answer.release();
                end(responseTooLarge(size));
            } else {
                answer.dropRead();
                succeed(answer);
            }
        } else if (kind == MessageKind.RESPONSE_FIRST) {
            onFirstPart(answer, on);
        } else {
            int limit = on.header.total();
            answer.release();
            if (kind == MessageKind.LOST || kind == MessageKind.REFUSED) {
                client.forget(path());
            }
            end(
                    kind == null
                            ? Failures.protocol(client.peer(), "an answer that is none of ours")
                            : Failures.of(kind, limit, client.peer()));
        }
    }

    private void onFirstPart(Received first, Shard on) {
        long token = on.header.token();
        int total = on.header.total();
        TransportException problem = null;
        if (ended) {
            problem = cancelled();
        } else if (total > on.context.options().maxMessageBytes()) {
            problem = responseTooLarge(total);
        } else if (!Parts.isSound(total, 0) || first.bytes().remaining() != Parts.length(total, 0)) {
            problem = Failures.protocol(
                    client.peer(), "a large response of " + total + " bytes that does not fit its part");
        } else {
            JoinedMessage joined = JoinedMessage.begin(on.context.joining(), total);
            if (joined == null) {
                problem = new TransportException(
                        Reason.RESPONSE_TOO_LARGE,
                        "no memory for a response of " + total + " bytes from " + client.peer()
                                + ": raise remora.homa.join-memory and the heap (-Xmx), or have fewer such calls at a time");
            } else {
                joined.put(0, first.bytes());
                pull = new ResponsePull(this, token, joined);
            }
        }
        first.release();
        ResponsePull pulling = pull;
        if (pulling != null) {
            pulling.start();
        } else if (problem != null) {
            on.calls.tell(path(), clientPort, MessageKind.DISCARD, token);
            end(problem);
        }
    }

    private TransportException responseTooLarge(int size) {
        return new TransportException(
                Reason.RESPONSE_TOO_LARGE,
                "the response from " + client.peer() + " has " + size + " bytes, more than this side's limit of "
                        + shard().context.options().maxMessageBytes() + ": raise remora.homa.max-message-bytes");
    }

    void onRpcFailed(RpcError error, boolean heard) {
        giveBackRpc();
        RequestPush pushing = push;
        if (pushing != null && error == RpcError.ABORTED) {
            // The engine ends: nobody can be told any more.
            pushing.stop();
        }
        end(failure(error, heard || (pushing != null && pushing.wasHeard())));
    }

    /** A failure of one of this call's RPCs; the server is looked for anew afterwards. */
    TransportException failure(RpcError error, boolean heard) {
        if (error != RpcError.ABORTED && error != RpcError.PROTOCOL_ERROR) {
            client.forget(path());
        }
        if (error == RpcError.ABORTED) {
            return client.isClosed() ? client.closedFailure() : Failures.of(error, heard, client.peer());
        }
        return Failures.of(error, heard || path().isLost(), client.peer());
    }

    /** Ends it on the engine, with all it has there, and without a word to the server unless it still works for us. */
    void end(TransportException failure) {
        abandon();
        fail(failure);
    }

    /** Gives everything back, and tells the server if it may be at work for this call. */
    void abandon() {
        Shard on = shard();
        RequestPush pushing = push;
        push = null;
        if (pushing != null) {
            pushing.abandon();
        }
        CallRpc mine = rpc;
        if (mine != null) {
            long id = on.engine().rpcId(mine);
            on.engine().abort(mine);
            giveBackRpc();
            if (id != 0) {
                on.calls.tell(path(), clientPort, MessageKind.CANCEL_RPC, id);
            }
        }
        ResponsePull pulling = pull;
        pull = null;
        if (pulling != null) {
            pulling.abandon();
        }
        dropRequest();
        leave();
    }

    private void giveBackRpc() {
        CallRpc mine = rpc;
        rpc = null;
        if (mine != null) {
            shard().calls.giveBack(mine);
        }
    }

    private void dropRequest() {
        OutgoingMessage message = request;
        request = null;
        if (message != null) {
            message.free();
        }
    }

    private void leave() {
        if (place >= 0) {
            shard().calls.remove(place);
            place = -1;
        }
    }

    /** Hands the response over, or releases it when the call has ended before. Engine. */
    void succeed(MessageBuffer response) {
        pull = null;
        leave();
        if (!claim()) {
            response.release();
            return;
        }
        client.onEnded();
        try {
            handler.onResponse(response);
        } catch (RuntimeException | Error e) {
            Context.LOG.error("a response handler threw; it must not", e);
        }
    }

    /** Tells the handler, unless the call has ended before. Any thread. */
    boolean fail(TransportException failure) {
        if (!claim()) {
            return false;
        }
        client.onEnded();
        try {
            handler.onFailure(failure);
        } catch (RuntimeException | Error e) {
            Context.LOG.error("a response handler threw; it must not", e);
        }
        return true;
    }

    private boolean claim() {
        return !ended && ENDED.compareAndSet(this, false, true);
    }

    /** Ends a call that was never submitted. */
    void refuse(TransportException failure) {
        dropRequest();
        fail(failure);
    }

    private static TransportException cancelled() {
        return new TransportException(Reason.CANCELLED, "the call was cancelled by its caller");
    }

    @Override
    public void cancel() {
        if (!ended && fail(cancelled())) {
            Shard on = shard;
            // Without a shard it has not been submitted, and will see then that it has ended.
            if (on != null) {
                on.engine().submit(new Abandon(this));
            }
        }
    }

    @Override
    public boolean drive() {
        Shard on = shard;
        return !ended && on != null && mayDrive() && on.engine().drive(this);
    }

    /** A virtual thread would take a carrier from others that have work to do. */
    private static boolean mayDrive() {
        return !Thread.currentThread().isVirtual();
    }

    @Override
    public boolean isDone() {
        return ended;
    }

    /** The engine's part of a cancel. */
    private static final class Abandon extends Command {
        private final HomaCall call;

        Abandon(HomaCall call) {
            this.call = call;
        }

        @Override
        protected void run() {
            call.abandon();
        }

        /** The engine fails its RPCs when it ends, and with them goes what they hold. */
        @Override
        protected void refused() {}
    }
}
