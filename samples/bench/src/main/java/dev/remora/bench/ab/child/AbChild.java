package dev.remora.bench.ab.child;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.ab.side.SideHost;
import dev.remora.bench.ab.side.SideServer;
import dev.remora.bench.ab.side.Sides;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.process.ChildDialogue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * A server, or some clients, of one side in a process of its own.
 *
 * <pre>
 * server SIDE HOST        ready PORT    sample EPOCH_NS SECONDS   sampling        sampled   sampled JSON
 * clients SIDE PLACES     ready         run FILE ORDERS           ran JSON-list   (the loads' record is in the file)
 * both                    failed TEXT   end                       (ends)
 * </pre>
 *
 * <p>HOST is a {@link SideHost}, PLACES a list of {@link ClientPlace}, ORDERS one of {@link ClientOrder} for the first clients, all as JSON.
 */
public final class AbChild {
    /** Beginning of the names of the threads that begin the calls. */
    public static final String CLIENT_THREADS = ClientThread.NAME;

    /** Before the common start of a load: enough for a full collection. */
    private static final long COLLECT_MS = 1_000;

    private static final ObjectMapper JSON = new ObjectMapper();

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
        Sampler.watchCollections();
        if (args.get(0).equals("server")) {
            SideHost host = JSON.readValue(args.get(2), SideHost.class);
            host.enter();
            try (SideServer server = side.serve(host)) {
                dialogue.answer("ready " + server.port());
                serve(server);
            }
        } else {
            List<ClientThread> clients = new ArrayList<>();
            for (ClientPlace place : JSON.readValue(args.get(2), new TypeReference<List<ClientPlace>>() {})) {
                clients.add(new ClientThread(side, place, clients.size()));
            }
            for (ClientThread client : clients) {
                client.awaitConnected();
            }
            dialogue.answer("ready");
            call(clients);
            for (ClientThread client : clients) {
                client.close();
            }
        }
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

    private void call(List<ClientThread> clients) throws Exception {
        for (String order = dialogue.next(); !order.equals("end"); order = dialogue.next()) {
            String[] words = order.split(" ", 3);
            List<Future<ClientThread.Ran>> begun = new ArrayList<>();
            List<ClientOrder> orders = JSON.readValue(words[2], new TypeReference<>() {});
            for (ClientOrder each : orders) {
                begun.add(clients.get(begun.size()).begin(each));
            }
            // Now each has made its histograms; if they were moved in the measured time, all would stop for 40 ms.
            collectBefore(orders.getFirst().startEpochNs());
            List<Sampled> samples = new ArrayList<>();
            List<LoadRecord> loads = new ArrayList<>();
            for (Future<ClientThread.Ran> each : begun) {
                ClientThread.Ran ran = ClientThread.get(each);
                samples.add(ran.sampled());
                loads.add(ran.load());
            }
            loads.stream().reduce(LoadRecord::merge).orElseThrow().write(Path.of(words[1]));
            dialogue.answer("ran " + JSON.writeValueAsString(samples));
        }
    }

    /** Collects garbage some time before a load that has a common start. */
    private static void collectBefore(long startEpochNs) {
        if (startEpochNs > 0) {
            LockSupport.parkUntil(startEpochNs / 1_000_000 - COLLECT_MS);
            System.gc();
        }
    }
}
