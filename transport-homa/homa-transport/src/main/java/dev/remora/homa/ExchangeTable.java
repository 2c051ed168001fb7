package dev.remora.homa;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Exchanges in progress by their client and RPC id, so that a cancel finds them. The exchanges are the links. Engine only. */
final class ExchangeTable {
    private @Nullable HomaExchange[] buckets = new @Nullable HomaExchange[64];
    private int size;

    private static int bucket(long rpcId, long peerLow, int length) {
        long mixed = (rpcId ^ Long.rotateLeft(peerLow, 23)) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 40) & (length - 1);
    }

    void add(HomaExchange exchange) {
        if (size >= buckets.length) {
            grow();
        }
        link(exchange);
        size++;
    }

    private void link(HomaExchange exchange) {
        int at = bucket(exchange.rpcId, exchange.peerLow, buckets.length);
        exchange.nextInBucket = buckets[at];
        buckets[at] = exchange;
    }

    private void grow() {
        List<HomaExchange> all = all(exchange -> true);
        buckets = new @Nullable HomaExchange[2 * buckets.length];
        all.forEach(this::link);
    }

    @Nullable
    HomaExchange find(long peerHigh, long peerLow, int peerPort, long rpcId) {
        HomaExchange each = buckets[bucket(rpcId, peerLow, buckets.length)];
        while (each != null
                && (each.rpcId != rpcId
                        || each.peerLow != peerLow
                        || each.peerHigh != peerHigh
                        || each.peerPort != peerPort)) {
            each = each.nextInBucket;
        }
        return each;
    }

    /** Nothing happens if it is not in here. */
    void remove(HomaExchange exchange) {
        int at = bucket(exchange.rpcId, exchange.peerLow, buckets.length);
        HomaExchange before = null;
        for (HomaExchange each = buckets[at]; each != null; each = each.nextInBucket) {
            if (each == exchange) {
                if (before == null) {
                    buckets[at] = each.nextInBucket;
                } else {
                    before.nextInBucket = each.nextInBucket;
                }
                each.nextInBucket = null;
                size--;
                return;
            }
            before = each;
        }
    }

    /** A list of its own, so that the table may change meanwhile. */
    List<HomaExchange> all(Predicate<HomaExchange> condition) {
        List<HomaExchange> found = new ArrayList<>();
        for (HomaExchange bucket : buckets) {
            for (HomaExchange each = bucket; each != null; each = each.nextInBucket) {
                if (condition.test(each)) {
                    found.add(each);
                }
            }
        }
        return found;
    }

    int size() {
        return size;
    }
}
