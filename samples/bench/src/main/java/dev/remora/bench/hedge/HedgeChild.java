package dev.remora.bench.hedge;

import dev.remora.bench.process.ChildDialogue;
import dev.remora.bench.proto.WorkResponse;
import dev.remora.bench.work.WorkServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;

/**
 * A server in a process of its own: {@code ID MEAN_MS STALL_MS EVERY_MS OFFSET_MS}. Says {@code ready PORT}, ends at {@code end}.
 */
public final class HedgeChild {
    private HedgeChild() {}

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> serve(dialogue, args));
    }

    private static void serve(ChildDialogue dialogue, String[] args) throws Exception {
        WorkResponse response =
                WorkResponse.newBuilder().setServer(Integer.parseInt(args[0])).build();
        StallModel model = new StallModel(
                Double.parseDouble(args[1]), Long.parseLong(args[2]), Long.parseLong(args[3]), Long.parseLong(args[4]));
        WorkServer.serve(dialogue, DefaultValues.of(ServerSettings.ALL), request -> {
            model.work();
            return response;
        });
    }
}
