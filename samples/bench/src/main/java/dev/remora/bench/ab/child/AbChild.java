package dev.remora.bench.ab.child;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.ab.side.SideClient;
import dev.remora.bench.ab.side.SideHost;
import dev.remora.bench.ab.side.SideServer;
import dev.remora.bench.ab.side.Sides;
import dev.remora.bench.load.ClosedLoop;
import dev.remora.bench.load.LoadOptions;
import dev.remora.bench.load.LoadPlan;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.load.OpenLoop;
import dev.remora.bench.process.ChildDialogue;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A server or a client of one side in a process of its own.
 *
 * <pre>
 * server SIDE HOST...              ready PORT    sample EPOCH_NS SECONDS   sampling      sampled      sampled JSON
 * client SIDE HOST... ADDR:PORT... ready         run FILE JSON             ran JSON      (the load's record is in the file)
 * both                             failed TEXT   end                       (ends)
 * </pre>
 */
public final class AbChild {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HOST_ARGUMENTS = 4;

    private final ChildDialogue dialogue;

    private AbChild(ChildDialogue dialogue) {
        this.dialogue = dialogue;
    }

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        ChildDialogue.run(dialogue -> new AbChild(dialogue).run(Arrays.asList(args)));
    }

    private void run(List<String> args) throws Exception {
        Side side = Sides.find(args.get(1)).orElseThrow(() -> new IllegalArgumentException("no side " + args.get(1)));
        SideHost host = SideHost.parse(args.subList(2, 2 + HOST_ARGUMENTS));
        Sampler.watchCollections();
        if (args.get(0).equals("server")) {
            try (SideServer server = side.serve(host)) {
                dialogue.answer("ready " + server.port());
                serve(server);
            }
        } else {
            List<InetSocketAddress> servers = args.subList(2 + HOST_ARGUMENTS, args.size()).stream()
                    .map(AbChild::address)
                    .toList();
            try (SideClient client = side.connect(host, servers)) {
                dialogue.answer("ready");
                call(client);
            }
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private void serve(SideServer server) throws InterruptedException, JsonProcessingException {
        Sampler sampler = null;
        for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
            String[] words = order.split(" ");
            if (words[0].equals("sample")) {
                sampler = Sampler.start(server, Long.parseLong(words[1]), Integer.parseInt(words[2]));
                dialogue.answer("sampling");
            } else if (sampler != null) {
                dialogue.answer("sampled " + JSON.writeValueAsString(sampler.await()));
            } else {
                throw new IllegalArgumentException("order '" + order + "' before 'sample'");
            }
        }
    }

    private void call(SideClient client) throws InterruptedException, JsonProcessingException {
        for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
            String[] words = order.split(" ", 3);
            ClientOrder load = JSON.readValue(words[2], ClientOrder.class);
            LoadPlan plan = load.plan();
            Sampler sampler = Sampler.start(
                    client,
                    plan.startEpochNs() + plan.warmUpNs(),
                    plan.startEpochNs() == 0 ? 0 : (int) Math.ceil(load.seconds()));
            LoadRecord record = load.outstanding() > 0
                    ? ClosedLoop.run(client, plan, load.outstanding())
                    : OpenLoop.run(client, plan, LoadOptions.DEFAULT);
            record.write(Path.of(words[1]));
            dialogue.answer("ran " + JSON.writeValueAsString(sampler.await()));
        }
    }
}
