package dev.remora.bench.stream;

import dev.remora.bench.pair.PairChild;
import dev.remora.bench.process.ChildDialogue;
import dev.remora.bench.stream.contender.StreamClient;
import dev.remora.bench.stream.contender.StreamContender;
import dev.remora.bench.stream.contender.StreamServer;

/** A {@link PairChild} of this comparison. */
public final class StreamChild {
    private StreamChild() {}

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> run(new PairChild(dialogue, args)));
    }

    private static void run(PairChild child) throws Exception {
        StreamContender contender = child.contender(StreamContenders.ALL);
        if (child.isServer()) {
            try (StreamServer server = contender.start()) {
                child.serve(server.port());
            }
        } else {
            try (StreamClient client = contender.connect(child.server())) {
                child.call(order ->
                        StreamLoad.run(client, StreamOrder.parse(order)).toLine());
            }
        }
    }
}
