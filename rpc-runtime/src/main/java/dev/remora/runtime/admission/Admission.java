package dev.remora.runtime.admission;

import dev.remora.api.Criticality;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.time.TimeSource;
import dev.remora.spi.SettingValues;
import java.util.function.LongConsumer;

/** The door of a server. For use by any thread. */
public sealed interface Admission permits FixedAdmission, QueuedAdmission, ReservedAdmission {
    /**
     * As configured: without queue, adaptive bound and bounds of methods, one that costs a few nanoseconds.
     *
     * @param values of {@link ServerSettings} with policies of {@link AdmissionSettings}
     * @param waited hears how long each call that was served had waited, in nanoseconds
     * @throws IllegalArgumentException if two settings contradict each other
     */
    static Admission of(SettingValues values, MethodValues policies, TimeSource time, LongConsumer waited) {
        AdmissionConfig config = AdmissionConfig.of(values);
        boolean ofMethods = policies.hasPolicies()
                || values.get(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS) < AdmissionSettings.NO_LIMIT;
        Admission all = config.adaptive() || config.maxWaiting() > 0 || ofMethods
                ? new QueuedAdmission(config, policies, time, waited)
                : new FixedAdmission(config, policies);
        return new ReservedAdmission(all, values.getInt(ServerSettings.MAX_HEALTH_WATCHERS), policies);
    }

    /** The way in of a method's calls. Made before the first call, once per method. */
    Lane lane(String fullName, MethodMetrics metrics);

    /** A call has come. Before this returns it may be started or refused, on this thread; or it is later, on any. */
    void offer(Candidate call);

    /** A call that was started has ended: its place is free. Others may be started or refused, on this thread. */
    void done(Candidate call);

    /**
     * Takes a call out that waits.
     *
     * @return whether it did wait; the caller ends it then. If not, it has been started or refused, or will be
     */
    boolean withdraw(Candidate call);

    /** Calls in progress that there may be now. */
    int limit();

    /** Calls that were started and have not ended. */
    int inProgress();

    /** Calls that wait. */
    int waiting();

    /** Bytes of the requests of both. */
    long bytes();

    /** The criticality of calls that say nothing. */
    static Criticality defaultCriticality(SettingValues values) {
        Criticality found = Criticality.ofWord(values.get(AdmissionSettings.CRITICALITY));
        return found == null ? Criticality.CRITICAL : found;
    }
}
