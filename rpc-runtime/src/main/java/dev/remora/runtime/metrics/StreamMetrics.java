package dev.remora.runtime.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all streams of one side of a process have done, registered below {@code remora.streams.<side>}. For any thread; counting
 * is one atomic addition.
 */
public final class StreamMetrics {
    static final String PREFIX = "remora.streams.";

    /** One of the numbers, told once. */
    record Entry(String name, boolean grows, String meaning, LongAdder value) {}

    private final Side side;
    private final List<Entry> entries = new ArrayList<>();

    /** Streams that have begun and whose handlers and exchanges with the peer have not both ended. */
    public final LongAdder open = add("open", false, "Streams begun and not ended.");

    public final LongAdder refused =
            add("refused", true, "Streams refused because of a bound, or by a draining server.");
    public final LongAdder messagesSent = add("messages-sent", true, "Messages of streams sent.");
    public final LongAdder messagesReceived = add("messages-received", true, "Messages of streams received.");
    public final LongAdder segmentsSent = add(
            "segments-sent", true, "Requests or responses sent with messages of streams, or the end of one, in them.");
    public final LongAdder segmentsReceived = add(
            "segments-received", true, "Requests or responses received with messages of streams in them, or an end.");
    public final LongAdder rpcs = add("rpcs", true, "Requests of streams, sent by a client or received by a server.");
    public final LongAdder creditStalls =
            add("credit-stalls", true, "Segments after which messages had to wait for the peer's reader.");
    public final LongAdder peersLost =
            add("peers-lost", true, "Streams that ended because the peer was silent for too long.");
    public final LongAdder duplicates = add("duplicates", true, "Segments that had come before and were dropped.");

    private StreamMetrics(Side side) {
        this.side = side;
    }

    /** Counted, and seen by nobody. */
    static StreamMetrics unseen(Side side) {
        return new StreamMetrics(side);
    }

    static StreamMetrics registered(Side side, MetricRegistry registry) {
        StreamMetrics metrics = new StreamMetrics(side);
        for (Entry entry : metrics.entries) {
            registry.register(PREFIX + side.word() + "." + entry.name, (Gauge<Long>) entry.value::sum);
        }
        return metrics;
    }

    private LongAdder add(String name, boolean grows, String meaning) {
        LongAdder value = new LongAdder();
        entries.add(new Entry(name, grows, meaning, value));
        return value;
    }

    Side side() {
        return side;
    }

    List<Entry> entries() {
        return entries;
    }
}
