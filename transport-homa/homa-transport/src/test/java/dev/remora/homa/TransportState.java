package dev.remora.homa;

import dev.remora.homa.engine.Command;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What can be said of transports when a call does not end: of RPCs, counters and threads. */
final class TransportState {
    /** An engine that is alive answers in much less, and one that is not has told the most by then. */
    private static final int ANSWER_S = 2;

    private static final String ENGINE_THREADS = "remora-homa-";

    private TransportState() {}

    static String of(List<HomaTransport> transports) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < transports.size(); i++) {
            HomaTransport transport = transports.get(i);
            for (Shard shard : transport.shards()) {
                text.append("\n--- transport ").append(i).append(", engine ").append(shard.index);
                text.append('\n').append(describe(shard));
            }
            text.append("--- transport ").append(i).append(" has counted");
            transport.metrics().forEach(metric -> {
                long value = metric.value().getAsLong();
                if (value != 0) {
                    text.append('\n').append(metric.name()).append(' ').append(value);
                }
            });
        }
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            if (thread.getKey().getName().startsWith(ENGINE_THREADS)) {
                text.append("\n--- ").append(thread.getKey());
                for (StackTraceElement at : thread.getValue()) {
                    text.append("\n    at ").append(at);
                }
            }
        }
        return text.toString();
    }

    private static String describe(Shard shard) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        shard.engine().post(new Command() {
            @Override
            protected void run() {
                answer.complete(shard.engine().describe());
            }

            @Override
            protected void refused() {
                answer.complete("has ended\n");
            }
        });
        return answer.completeOnTimeout("does not answer within " + ANSWER_S + " s\n", ANSWER_S, TimeUnit.SECONDS)
                .join();
    }
}
