package dev.remora.bench.stream.contender;

import dev.remora.bench.proto.DownloadOrder;
import java.util.concurrent.CompletableFuture;

/** Streams to and from one server. For any thread. */
public interface StreamClient extends AutoCloseable {
    /** Starts a stream of the server; every message goes to the sink. The future completes when it has ended. */
    CompletableFuture<Void> download(DownloadOrder order, MessageSink sink);

    /** Starts a stream of this client; gives what the server has counted when it has ended. */
    CompletableFuture<Long> upload(MessageSource source);

    @Override
    void close();
}
