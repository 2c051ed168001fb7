package dev.remora.bench.pair;

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
public final class PairChild {
    private final ChildDialogue dialogue;
    private final String[] args;

    /** One of a comparison's loads. */
    @FunctionalInterface
    public interface Load {
        /** Runs what the order says, and gives the result as a line. */
        String run(String order) throws Exception;
    }

    public PairChild(ChildDialogue dialogue, String[] args) {
        this.dialogue = dialogue;
        this.args = args;
    }

    public boolean isServer() {
        return args[0].equals("server");
    }

    /** @throws IllegalArgumentException if it is not one of those */
    public <C extends Candidate> C contender(Candidates<C> candidates) {
        return candidates
                .find(args[1])
                .orElseThrow(() -> new IllegalArgumentException("there is no contender '" + args[1] + "'"));
    }

    /** Of a client: where its server is. */
    public InetSocketAddress server() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2]));
    }

    /** Until the parent says {@code end}. @param port where the server listens */
    public void serve(int port) throws InterruptedException {
        dialogue.answer("ready " + port);
        for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
            dialogue.answer("counters " + ProcessCounters.now().toLine());
        }
    }

    /** Runs loads until the parent says {@code end}. */
    public void call(Load load) throws Exception {
        dialogue.answer("ready");
        for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
            dialogue.answer("result " + load.run(order.substring("run ".length())));
        }
    }
}
