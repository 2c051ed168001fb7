package dev.remora.runtime.admission;

import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.MethodMetrics;
import java.util.List;

/**
 * Keeps places for calls of those who operate a server: a full one must still say that it lives and what it is busy with. They
 * are few, cost little, and count neither as calls in progress nor as load.
 */
final class ReservedAdmission implements Admission {
    /** Of services that are for operators; each answers at once, or counts those it keeps waiting. */
    private static final List<String> SERVICES =
            List.of("remora.health.v1.Health/", "remora.introspection.v1.Introspection/");

    /** Beside calls that wait for a change of health: checks and listings, which end in microseconds. */
    private static final int PLACES = 64;
    /** All of their requests together; one has some tens of bytes. */
    private static final long MAX_BYTES = 1 << 20;

    private final Admission others;
    private final Admission reserved;

    /** @param others where all other calls go */
    ReservedAdmission(Admission others, int maxHealthWatchers, MethodValues policies) {
        this.others = others;
        int places = PLACES + maxHealthWatchers;
        reserved = new FixedAdmission(
                places,
                MAX_BYTES,
                policies,
                "the server has " + places + " calls of health and introspection in progress, " + PLACES
                        + " more than remora.server." + ServerSettings.MAX_HEALTH_WATCHERS.name());
    }

    private static boolean isReserved(String fullName) {
        return SERVICES.stream().anyMatch(fullName::startsWith);
    }

    @Override
    public Lane lane(String fullName, MethodMetrics metrics) {
        return isReserved(fullName) ? reserved.lane(fullName, metrics).reserve() : others.lane(fullName, metrics);
    }

    private Admission of(Candidate call) {
        return call.lane().isReserved() ? reserved : others;
    }

    @Override
    public void offer(Candidate call) {
        of(call).offer(call);
    }

    @Override
    public void done(Candidate call) {
        of(call).done(call);
    }

    @Override
    public boolean withdraw(Candidate call) {
        return of(call).withdraw(call);
    }

    @Override
    public int limit() {
        return others.limit();
    }

    @Override
    public int inProgress() {
        return others.inProgress();
    }

    @Override
    public int waiting() {
        return others.waiting();
    }

    @Override
    public long bytes() {
        return others.bytes();
    }
}
