package dev.remora.bench.queue;

import dev.remora.bench.load.SizeDistribution;
import dev.remora.bench.process.ChildDialogue;
import dev.remora.bench.proto.WorkResponse;
import dev.remora.bench.work.WorkServer;

/**
 * The server in a process of its own: {@code ORDER PLACES MAX_WAITING BASE_US US_PER_BYTE}. Says {@code ready PORT}, ends at
 * {@code end}.
 */
public final class QueueChild {
    private QueueChild() {}

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> serve(dialogue, args));
    }

    private static void serve(ChildDialogue dialogue, String[] args) throws Exception {
        WorkModel work = new WorkModel(Double.parseDouble(args[3]), Double.parseDouble(args[4]));
        QueuePlan plan = new QueuePlan(
                args[0],
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                SizeDistribution.fixed(1),
                work,
                0,
                0,
                0);
        WorkServer.serve(dialogue, plan.settings(), request -> {
            work.work(request.getPayload().size());
            return WorkResponse.getDefaultInstance();
        });
    }
}
