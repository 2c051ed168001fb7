package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Two peers, and what is done with them in every test. */
record Pair(PeerHandle a, PeerHandle b) implements AutoCloseable {

    private static final AtomicInteger SEEDS = new AtomicInteger(100);

    /** How a peer starts: enough memory for the largest exchange, no hugepages. */
    static final String EAL = "eal memory=192 hugepages=NONE";

    static Pair start(String eal) {
        return start(List.of(), List.of(), System.getProperty("java.class.path"), eal);
    }

    static Pair start(List<String> prefixA, List<String> prefixB, String classPath, String eal) {
        PeerHandle first = PeerHandle.start(prefixA, classPath, eal);
        try {
            return new Pair(first, PeerHandle.start(prefixB, classPath, eal));
        } catch (Throwable e) {
            first.close();
            throw e;
        }
    }

    /** Opens a port on each side, first on the first. */
    Ports open(String openA, String openB) {
        String portA = a.ask("open " + openA, "opened").text("port");
        String portB = b.ask("open " + openB, "opened").text("port");
        return new Ports(this, portA, portB);
    }

    /** Closes what a failed test left open, so that only that one fails. */
    void reset() {
        b.ask("reset", "fresh");
        a.ask("reset", "fresh");
    }

    /** Lets both end by themselves. */
    void quit() {
        b.quit();
        a.quit();
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }

    /** What both sides counted. */
    record Counts(Words a, Words b) {}

    /** A port on each side. */
    record Ports(Pair pair, String a, String b) {
        /** Both send and receive at once; nothing may be lost, out of order or changed. */
        Counts exchange(long count, int queues, String options) {
            // Others each time: the last acknowledgement of an exchange may be read in the next one.
            int seed = SEEDS.addAndGet(2);
            String common = " count=" + count + " " + options;
            pair.a().tell("exchange port=" + a + " seed=" + seed + " from=" + (seed + 1) + common);
            pair.b().tell("exchange port=" + b + " seed=" + (seed + 1) + " from=" + seed + common);
            Counts counts = new Counts(pair.a().expect("exchanged"), pair.b().expect("exchanged"));
            for (Words side : List.of(counts.a(), counts.b())) {
                assertThat(side.large("received")).as(side.toString()).isEqualTo(count * queues);
                assertThat(side.large("sent")).as(side.toString()).isGreaterThanOrEqualTo(count * queues);
                for (String wrong : List.of("lost", "disordered", "corrupt", "misrouted", "checksumBad")) {
                    assertThat(side.large(wrong)).as(wrong + " in " + side).isZero();
                }
                if (!options.contains("window=")) {
                    assertThat(side.large("foreign")).as(side.toString()).isZero();
                }
            }
            return counts;
        }

        /** Closes both, the second first; all mbufs must be back. */
        void close() {
            pair.b().closePort(b);
            pair.a().closePort(a);
        }
    }
}
