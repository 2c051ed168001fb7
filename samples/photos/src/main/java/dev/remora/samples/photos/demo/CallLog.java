package dev.remora.samples.photos.demo;

import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the demo's calls ended: what failed because a service was killed on purpose, and what failed without reason. */
final class CallLog {
    /** Failures that are kept in full; the others are counted. */
    private static final int MAX_EXAMPLES = 5;

    private final @Nullable Outage outage;
    private final Map<StatusCode, Long> explained = new EnumMap<>(StatusCode.class);
    private final List<String> examples = new ArrayList<>();
    private @Nullable String explainedExample;
    private long succeeded;
    private long unexplained;

    CallLog(@Nullable Outage outage) {
        this.outage = outage;
    }

    /** Makes a call and takes note of its end; empty if it failed. */
    <T> Optional<T> call(MethodDescriptor<?, ?> method, Supplier<T> call) {
        long startNs = System.nanoTime();
        try {
            T response = call.get();
            onSuccess(method, startNs);
            return Optional.of(response);
        } catch (RpcException e) {
            onFailure(method, e, startNs);
            return Optional.empty();
        }
    }

    private synchronized void onSuccess(MethodDescriptor<?, ?> method, long startNs) {
        succeeded++;
        if (outage != null) {
            outage.onSuccess(service(method), startNs, System.nanoTime());
        }
    }

    private synchronized void onFailure(MethodDescriptor<?, ?> method, RpcException failure, long startNs) {
        String what = CallTable.shortName(method) + " failed with " + failure.status();
        if (outage != null && outage.explains(service(method), failure.code(), startNs, System.nanoTime())) {
            explained.merge(failure.code(), 1L, Long::sum);
            if (explainedExample == null) {
                explainedExample = what;
            }
        } else {
            report(what);
        }
    }

    /** Something is wrong that no killed service explains. */
    synchronized void report(String what) {
        unexplained++;
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(what);
        }
    }

    /** The service of a method, by the names of the configuration. */
    private static String service(MethodDescriptor<?, ?> method) {
        String name = method.serviceName();
        String simple = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return simple.equals("timelines") ? "timeline" : simple;
    }

    synchronized long succeeded() {
        return succeeded;
    }

    synchronized long explained() {
        return explained.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized Map<StatusCode, Long> explainedByCode() {
        return new EnumMap<>(explained);
    }

    /** One failure in words that the killed service explains. */
    synchronized Optional<String> explainedExample() {
        return Optional.ofNullable(explainedExample);
    }

    synchronized long unexplained() {
        return unexplained;
    }

    /** The first failures without reason, in words. */
    synchronized List<String> examples() {
        return List.copyOf(examples);
    }
}
