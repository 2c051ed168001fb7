package dev.remora.bench.stream;

import dev.remora.bench.process.ProcessCounters;
import dev.remora.bench.proto.DownloadOrder;
import dev.remora.bench.stream.contender.MessageSink;
import dev.remora.bench.stream.contender.MessageSource;
import dev.remora.bench.stream.contender.StreamClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs streams to their end and counts what came of them. */
final class StreamLoad {
    private static final long GRACE_NS = 60_000_000_000L;

    /**
     * What came of it.
     *
     * @param messages of all streams
     * @param elapsedNs from before the first stream was opened until the last one had ended
     * @param used by the client's process
     */
    record Result(long messages, long elapsedNs, ProcessCounters used) {
        String toLine() {
            return messages + " " + elapsedNs + " " + used.toLine();
        }

        /** Reads {@link #toLine}. */
        static Result parse(String line) {
            String[] parts = line.split(" ", 3);
            return new Result(Long.parseLong(parts[0]), Long.parseLong(parts[1]), ProcessCounters.parse(parts[2]));
        }
    }

    private StreamLoad() {}

    /** @throws IllegalStateException if a stream failed, hangs, or lost a message */
    static Result run(StreamClient client, StreamOrder order) throws InterruptedException {
        ProcessCounters before = ProcessCounters.now();
        long startNs = System.nanoTime();
        List<CompletableFuture<Long>> streams = new ArrayList<>();
        for (int i = 0; i < order.streams(); i++) {
            streams.add(start(client, order));
        }
        long messages = 0;
        for (CompletableFuture<Long> stream : streams) {
            try {
                messages += stream.get(order.durationNs() + GRACE_NS, TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException("a stream failed: " + e.getCause(), e.getCause());
            } catch (TimeoutException e) {
                throw new IllegalStateException("a stream hangs: it did not end within a minute after its time", e);
            }
        }
        long elapsedNs = System.nanoTime() - startNs;
        return new Result(messages, elapsedNs, ProcessCounters.now().since(before));
    }

    private static CompletableFuture<Long> start(StreamClient client, StreamOrder order) {
        int size = order.point().sizeBytes();
        if (order.point().direction() == Direction.DOWNLOAD) {
            MessageSink sink = new MessageSink(size);
            return client.download(
                            DownloadOrder.newBuilder()
                                    .setSizeBytes(size)
                                    .setDurationNs(order.durationNs())
                                    .setMaxMessages(order.maxMessages())
                                    .build(),
                            sink)
                    .thenApply(end -> sink.messages());
        }
        MessageSource source = new MessageSource(size, order.durationNs(), order.maxMessages());
        return client.upload(source).thenApply(counted -> {
            if (counted != source.messages()) {
                throw new IllegalStateException(
                        source.messages() + " messages were sent, and the server has counted " + counted);
            }
            return counted;
        });
    }
}
