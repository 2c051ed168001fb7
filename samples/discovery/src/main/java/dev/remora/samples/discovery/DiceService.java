package dev.remora.samples.discovery;

import dev.remora.samples.discovery.v1.DiceRpc;
import dev.remora.samples.discovery.v1.RollRequest;
import dev.remora.samples.discovery.v1.RollResponse;
import java.util.concurrent.ThreadLocalRandom;

/** Rolls, and says who did. */
final class DiceService extends DiceRpc.ServiceBase {
    private final String name;

    DiceService(String name) {
        this.name = name;
    }

    @Override
    public RollResponse roll(RollRequest request) {
        return RollResponse.newBuilder()
                .setPips(ThreadLocalRandom.current().nextInt(1, 7))
                .setServer(name)
                .build();
    }
}
