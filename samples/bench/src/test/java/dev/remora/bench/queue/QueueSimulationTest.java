package dev.remora.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.load.SizeDistribution;
import org.junit.jupiter.api.Test;

class QueueSimulationTest {
    private static final int CALLS = 50_000;

    private static QueueResult run(String order, double load, int maxWaiting, long timeoutMs) {
        return QueueSimulation.run(
                new QueuePlan(
                        order,
                        4,
                        maxWaiting,
                        SizeDistribution.workload("w4").cutAt(QueuePlan.MAX_BYTES),
                        new WorkModel(1000, 0.1),
                        load,
                        timeoutMs,
                        7),
                CALLS);
    }

    @Test
    void oneSeedIsOneRun() {
        assertThat(run("srpt", 0.9, 1000, 0)).isEqualTo(run("srpt", 0.9, 1000, 0));
    }

    @Test
    void aNearlyIdleServerHasNoQueueToOrder() {
        QueueResult fifo = run("fifo", 0.05, 1000, 0);
        assertThat(fifo.answeredShare()).isEqualTo(1);
        assertThat(fifo.all().meanSlowdown()).isLessThan(1.05);
        assertThat(run("srpt", 0.05, 1000, 0).all().meanSlowdown()).isLessThan(1.05);
    }

    @Test
    void bySizeTheSmallHalfWaitsMuchLessAndTheLargeNotMuchLonger() {
        QueueResult fifo = run("fifo", 0.9, 100_000, 0);
        QueueResult srpt = run("srpt", 0.9, 100_000, 0);
        assertThat(fifo.answeredShare()).isEqualTo(1);
        assertThat(srpt.answeredShare()).isEqualTo(1);
        assertThat(srpt.small().meanSlowdown()).isLessThan(fifo.small().meanSlowdown() / 2);
        assertThat(srpt.large().meanSlowdown()).isLessThan(2 * fifo.large().meanSlowdown());
    }

    @Test
    void underOverloadNoOrderIsWorthAnythingUnlessWorkEndsInTime() {
        QueueResult fifo = run("fifo", 1.5, 1000, 500);
        QueueResult srpt = run("srpt", 1.5, 1000, 500);
        assertThat(fifo.answeredShare()).isBetween(0.3, 0.9);
        assertThat(srpt.answeredShare()).as("small calls are many").isGreaterThan(fifo.answeredShare());
    }
}
