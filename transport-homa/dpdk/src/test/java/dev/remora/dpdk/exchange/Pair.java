package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Two peers, and what is done with them in every test. */
record Pair(PeerHandle a, PeerHandle b) implements AutoCloseable {

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
            String common = " count=" + count + " " + options;
            pair.a().tell("exchange port=" + a + " seed=71 from=72" + common);
            pair.b().tell("exchange port=" + b + " seed=72 from=71" + common);
            Counts counts = new Counts(pair.a().expect("exchanged"), pair.b().expect("exchanged"));
            for (Words side : List.of(counts.a(), counts.b())) {
                assertThat(side.large("received")).as(side.toString()).isEqualTo(count * queues);
                assertThat(side.large("sent")).as(side.toString()).isGreaterThanOrEqualTo(count * queues);
                for (String wrong : List.of("lost", "disordered", "corrupt", "misrouted", "foreign", "checksumBad")) {
                    assertThat(side.large(wrong)).as(wrong + " in " + side).isZero();
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
