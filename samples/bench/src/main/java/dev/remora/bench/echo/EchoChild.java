package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.EchoClient;
import dev.remora.bench.echo.contender.EchoServer;
import dev.remora.bench.process.ChildDialogue;
import dev.remora.bench.process.ProcessCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A client or a server in a process of its own.
 *
 * <pre>
 * server NAME        ready PORT            counters    counters CPU_NS ALLOCATED_BYTES
 * client NAME PORT   ready                 run ORDER   result RESULT
 * both               failed MESSAGE        end         (ends)
 * </pre>
 */
public final class EchoChild {
    private EchoChild() {}

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> serve(dialogue, args));
    }

    private static void serve(ChildDialogue dialogue, String[] args) throws Exception {
        Contender contender = Contenders.find(args[1])
                .orElseThrow(() -> new IllegalArgumentException("there is no contender '" + args[1] + "'"));
        if (args[0].equals("server")) {
            try (EchoServer server = contender.start()) {
                dialogue.answer("ready " + server.port());
                for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
                    dialogue.answer("counters " + ProcessCounters.now().toLine());
                }
            }
        } else {
            int port = Integer.parseInt(args[2]);
            try (EchoClient client = contender.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                dialogue.answer("ready");
                for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
                    LoadOrder load = LoadOrder.parse(order.substring("run ".length()));
                    dialogue.answer("result " + EchoLoad.run(client, load).toLine());
                }
            }
        }
    }
}
