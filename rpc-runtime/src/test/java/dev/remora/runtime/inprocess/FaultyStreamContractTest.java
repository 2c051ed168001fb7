package dev.remora.runtime.inprocess;

import dev.remora.contract.FaultyTransport;
import dev.remora.contract.StreamContract;
import dev.remora.contract.StressContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;

/** Streams over RPCs that are late, overtake one another, and come twice where that is possible. */
class FaultyStreamContractTest extends StreamContract {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long SEED = Long.getLong(StressContract.SEED_PROPERTY, new SplittableRandom().nextLong());

    private final List<InProcessTransport> transports = new ArrayList<>();
    private final SplittableRandom seeds = new SplittableRandom(SEED);

    @BeforeAll
    static void tellSeed() {
        System.out.println("FaultyStreamContractTest: -D" + StressContract.SEED_PROPERTY + "=" + SEED);
    }

    @Override
    protected Transport newTransport() {
        InProcessTransport transport = InProcessTransport.create();
        transports.add(transport);
        return new FaultyTransport(transport, seeds.nextLong());
    }

    @Override
    protected long buffersInUse() {
        return transports.stream().mapToLong(InProcessTransport::buffersInUse).sum();
    }

    @Override
    protected Endpoint freshAddress() {
        return new Endpoint("faulty-contract-" + NAMES.incrementAndGet(), 1);
    }
}
