package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.EchoClient;
import dev.remora.bench.echo.contender.EchoServer;
import dev.remora.bench.pair.PairChild;
import dev.remora.bench.process.ChildDialogue;

/** A {@link PairChild} of this comparison. */
public final class EchoChild {
    private EchoChild() {}

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> run(new PairChild(dialogue, args)));
    }

    private static void run(PairChild child) throws Exception {
        Contender contender = child.contender(Contenders.ALL);
        if (child.isServer()) {
            try (EchoServer server = contender.start()) {
                child.serve(server.port());
            }
        } else {
            try (EchoClient client = contender.connect(child.server())) {
                child.call(order -> EchoLoad.run(client, LoadOrder.parse(order)).toLine());
            }
        }
    }
}
