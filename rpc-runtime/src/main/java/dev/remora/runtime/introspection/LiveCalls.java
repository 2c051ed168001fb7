package dev.remora.runtime.introspection;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.IntrospectionSettings;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a process: those in progress, and the slowest of late of each method, of both sides. Give the same one to
 * all its channels and servers, and to the {@link IntrospectionService}. For any thread.
 *
 * <p>Bounded: a table of fixed size for calls in progress, in which a call takes a free place near one that its start
 * chooses; a call that finds none there is counted as unlisted and otherwise treated alike. No lock, no shared counter and
 * no allocation beyond the call's own progress.
 */
public final class LiveCalls {
    /** Methods with slowest calls of their own, per side; further ones share theirs. */
    static final int MAX_METHODS = 1000;

    /** Places that a call tries. */
    private static final int PROBES = 8;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final String SHARED = "";
    private static final LiveCalls NOBODY = new LiveCalls();

    private final boolean watching;
    private final AtomicReferenceArray<@Nullable CallProgress> table;
    private final int shift;
    private final int slowPerMethod;
    private final long slowWindowNs;
    private final long reportFromNs;
    private final ConcurrentMap<String, SlowCalls> clientMethods = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, SlowCalls> serverMethods = new ConcurrentHashMap<>();
    private final LongAdder unlisted = new LongAdder();
    private final LongAdder keptSlow = new LongAdder();

    /** @param settings values of {@link IntrospectionSettings} */
    public LiveCalls(SettingValues settings) {
        watching = settings.get(IntrospectionSettings.ENABLED);
        int bits = 64 - Long.numberOfLeadingZeros(settings.get(IntrospectionSettings.MAX_CALLS) - 1);
        table = new AtomicReferenceArray<>(1 << bits);
        shift = 64 - bits;
        slowPerMethod = settings.getInt(IntrospectionSettings.SLOW_CALLS_PER_METHOD);
        slowWindowNs = settings.get(IntrospectionSettings.SLOW_CALLS_WINDOW);
        reportFromNs = settings.get(IntrospectionSettings.REPORT_PHASES_FROM);
    }

    private LiveCalls() {
        watching = false;
        table = new AtomicReferenceArray<>(1);
        shift = 63;
        slowPerMethod = 0;
        slowWindowNs = 0;
        reportFromNs = Long.MAX_VALUE;
    }

    /** With the defaults of {@link IntrospectionSettings}. */
    public static LiveCalls create() {
        return new LiveCalls(DefaultValues.of(IntrospectionSettings.ALL));
    }

    /** Watches nothing, at no cost. */
    public static LiveCalls none() {
        return NOBODY;
    }

    /** The calls made of a method. */
    public MethodCalls client(MethodDescriptor<?, ?> method) {
        return of(Side.CLIENT, method);
    }

    /** The calls served of a method. */
    public MethodCalls server(MethodDescriptor<?, ?> method) {
        return of(Side.SERVER, method);
    }

    /**
     * Calls in progress, the oldest first.
     *
     * @param wanted asked for each of them
     */
    public List<CallReport> inProgress(Predicate<CallReport> wanted) {
        long nowNs = System.nanoTime();
        List<CallReport> found = new ArrayList<>();
        for (int i = 0; i < table.length(); i++) {
            CallProgress call = table.getAcquire(i);
            if (call != null) {
                CallReport report = call.report(nowNs);
                if (wanted.test(report)) {
                    found.add(report);
                }
            }
        }
        found.sort(Comparator.comparingLong(CallReport::durationNs).reversed());
        return found;
    }

    /** The slowest calls of each method that ended of late, the slowest first. */
    public List<CallReport> slowest(Predicate<CallReport> wanted) {
        long nowNs = System.nanoTime();
        List<CallReport> found = new ArrayList<>();
        for (ConcurrentMap<String, SlowCalls> methods : List.of(clientMethods, serverMethods)) {
            for (SlowCalls slow : methods.values()) {
                slow.kept(nowNs).stream().filter(wanted).forEach(found::add);
            }
        }
        found.sort(Comparator.comparingLong(CallReport::durationNs).reversed());
        return found;
    }

    /** Calls in progress that are listed. */
    public int listed() {
        int count = 0;
        for (int i = 0; i < table.length(); i++) {
            count += table.getOpaque(i) == null ? 0 : 1;
        }
        return count;
    }

    /** Calls that found no place in the table. */
    public long unlisted() {
        return unlisted.sum();
    }

    /** Registers {@code remora.introspection.*}: what is listed, and what could not be. */
    public void register(MetricRegistry registry) {
        registry.register("remora.introspection.calls-listed", (Gauge<Integer>) this::listed);
        registry.register("remora.introspection.calls-unlisted", (Gauge<Long>) this::unlisted);
        registry.register("remora.introspection.slow-calls-kept", (Gauge<Long>) keptSlow::sum);
    }

    private MethodCalls of(Side side, MethodDescriptor<?, ?> method) {
        if (!watching) {
            return MethodCalls.NONE;
        }
        ConcurrentMap<String, SlowCalls> methods = side == Side.CLIENT ? clientMethods : serverMethods;
        String key =
                methods.containsKey(method.fullName()) || methods.size() < MAX_METHODS ? method.fullName() : SHARED;
        SlowCalls slow = methods.computeIfAbsent(key, k -> new SlowCalls(slowPerMethod, slowWindowNs));
        return new MethodCalls(this, side, method.fullName(), slow);
    }

    void add(CallProgress call) {
        // The start of a call is as good as a random number, and is at hand.
        int from = (int) (call.startNs() * GOLDEN >>> shift);
        int mask = table.length() - 1;
        for (int probe = 0; probe < PROBES; probe++) {
            int slot = (from + probe) & mask;
            if (table.getPlain(slot) == null && table.weakCompareAndSetVolatile(slot, null, call)) {
                call.slot = slot;
                return;
            }
        }
        unlisted.increment();
    }

    void remove(CallProgress call) {
        int slot = call.slot;
        if (slot >= 0) {
            table.setRelease(slot, null);
        }
    }

    void keptSlow() {
        keptSlow.increment();
    }

    long reportFromNs() {
        return reportFromNs;
    }
}
