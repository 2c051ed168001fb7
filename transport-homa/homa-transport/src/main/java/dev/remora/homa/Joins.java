package dev.remora.homa;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Large requests whose parts are arriving. Their memory is bounded in all and for each peer, and a request that makes no
 * progress for too long is dropped. For any thread, since parts may come to several engines.
 */
final class Joins {
    /**
     * Requests given up or refused that are remembered. A cancel is short and overtakes the parts that were sent before it, and
     * parts of a refused request may have left before its client heard of that.
     */
    static final int MAX_CLOSED = 256;

    private final JoinMemory memory;
    private final int maxMessageBytes;
    private final long maxBytesPerPeer;
    private final long timeoutNs;
    private final Map<Key, Join> joins = new HashMap<>();
    /** The oldest first. */
    private final SequencedMap<Key, MessageKind> closed = new LinkedHashMap<>();

    /** A client's address and its token. */
    record Key(long peerHigh, long peerLow, long token) {}

    /** Who gets the response: the RPC of the first part. */
    record Main(Shard shard, Answer answer, long rpcId, int peerPort) {}

    /** A request on its way. */
    static final class Join {
        private final Key key;
        private final int localPort;
        private final JoinedMessage message;
        private @Nullable Main main;
        private long lastNs;

        private Join(Key key, int localPort, JoinedMessage message) {
            this.key = key;
            this.localPort = localPort;
            this.message = message;
        }

        Key key() {
            return key;
        }

        int localPort() {
            return localPort;
        }

        JoinedMessage message() {
            return message;
        }

        /** Null as long as the first part is missing. */
        @Nullable
        Main main() {
            return main;
        }
    }

    Joins(JoinMemory memory, int maxMessageBytes, long maxBytesPerPeer, long timeoutNs) {
        this.memory = memory;
        this.maxMessageBytes = maxMessageBytes;
        this.maxBytesPerPeer = maxBytesPerPeer;
        this.timeoutNs = timeoutNs;
    }

    /**
     * Takes a part.
     *
     * @param main with the first part, null with others
     * @return null when it was taken, else why not
     */
    synchronized @Nullable MessageKind put(
            Key key, int localPort, int total, int offset, ByteBuffer part, @Nullable Main main, long nowNs) {
        if (!Parts.isSound(total, offset) || part.remaining() != Parts.length(total, offset)) {
            return MessageKind.MALFORMED;
        }
        if (total > maxMessageBytes) {
            return MessageKind.TOO_LARGE;
        }
        MessageKind known = closed.get(key);
        if (known != null) {
            return known;
        }
        Join join = joins.get(key);
        if (join == null) {
            JoinedMessage message = bytesOf(key) + total > maxBytesPerPeer ? null : JoinedMessage.begin(memory, total);
            if (message == null) {
                remember(key, MessageKind.FULL);
                return MessageKind.FULL;
            }
            join = new Join(key, localPort, message);
            joins.put(key, join);
        } else if (join.message.size() != total || join.localPort != localPort) {
            return MessageKind.MALFORMED;
        }
        if (!join.message.put(offset, part)) {
            return MessageKind.MALFORMED;
        }
        if (main != null) {
            join.main = main;
        }
        join.lastNs = nowNs;
        return null;
    }

    private void remember(Key key, MessageKind why) {
        if (closed.putIfAbsent(key, why) == null && closed.size() > MAX_CLOSED) {
            closed.pollFirstEntry();
        }
    }

    private long bytesOf(Key peer) {
        long bytes = 0;
        for (Join join : joins.values()) {
            if (join.key.peerHigh == peer.peerHigh && join.key.peerLow == peer.peerLow) {
                bytes += join.message.size();
            }
        }
        return bytes;
    }

    /** The request, when all its parts are here; its message is the caller's then. */
    synchronized @Nullable Join takeComplete(Key key) {
        Join join = joins.get(key);
        if (join == null || !join.message.isComplete()) {
            return null;
        }
        joins.remove(key);
        return join;
    }

    /**
     * The client has given a request up: parts that are still on their way are refused. Takes it out; its message was released.
     * Null when there is none.
     */
    synchronized @Nullable Join cancel(Key key) {
        remember(key, MessageKind.ABORTED);
        Join join = joins.remove(key);
        if (join != null) {
            join.message.release();
        }
        return join;
    }

    /** Whether a request was given up not long ago. */
    synchronized boolean isCancelled(Key key) {
        return closed.get(key) == MessageKind.ABORTED;
    }

    /** Takes out all requests that fulfil a condition; their messages were released. */
    synchronized List<Join> dropIf(Predicate<Join> condition) {
        List<Join> dropped = new ArrayList<>();
        for (Iterator<Join> each = joins.values().iterator(); each.hasNext(); ) {
            Join join = each.next();
            if (condition.test(join)) {
                each.remove();
                join.message.release();
                dropped.add(join);
            }
        }
        return dropped;
    }

    /** Takes out what has made no progress in a while. */
    List<Join> expire(long nowNs) {
        return dropIf(join -> nowNs - join.lastNs > timeoutNs);
    }

    synchronized int size() {
        return joins.size();
    }
}
