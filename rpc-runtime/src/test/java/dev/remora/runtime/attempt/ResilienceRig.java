package dev.remora.runtime.attempt;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything above {@link FakeAttempts}, with time and chance in the test's hands. */
final class ResilienceRig {
    static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            "test.Text",
            "Echo",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    static final MethodDescriptor<StringValue, StringValue> IDEMPOTENT = METHOD.withIdempotent(true);

    final ManualTime time = new ManualTime();
    final FakeAttempts attempts = new FakeAttempts(time);
    final MetricRegistry registry = new MetricRegistry();
    final MethodResilience resilience;
    double random;

    ResilienceRig(CallPolicy policy) {
        this(policy, 100);
    }

    ResilienceRig(CallPolicy policy, long budget) {
        RpcMetrics metrics = new RpcMetrics(registry);
        resilience = new Resilience(
                        name -> policy, new AttemptBudget(0, 0, budget, time.nowNs()), time, () -> random, attempts)
                .of(METHOD, metrics.client(METHOD));
        attempts.below(resilience);
    }

    /** What a caller sees. */
    static final class Seen implements ClientCall.Listener<StringValue> {
        final List<String> messages = new ArrayList<>();
        Metadata headers = Metadata.EMPTY;

        @Nullable
        Status status;

        Metadata trailers = Metadata.EMPTY;

        @Nullable
        ClientCall<StringValue, StringValue> call;

        boolean drives;

        @Override
        public void onHeaders(Metadata newHeaders) {
            headers = newHeaders;
        }

        @Override
        public void onMessage(StringValue message) {
            messages.add(message.getValue());
        }

        @Override
        public void onClose(Status newStatus, Metadata newTrailers) {
            if (status != null) {
                throw new AssertionError("closed twice: " + status + " and " + newStatus);
            }
            status = newStatus;
            trailers = newTrailers;
        }

        @Override
        public boolean drives() {
            return drives;
        }
    }

    Seen call(MethodDescriptor<StringValue, StringValue> method) {
        return call(method, CallOptions.DEFAULT, null);
    }

    Seen call(MethodDescriptor<StringValue, StringValue> method, CallOptions options, @Nullable CallContext served) {
        return call(method, options, served, new Seen());
    }

    Seen call(
            MethodDescriptor<StringValue, StringValue> method,
            CallOptions options,
            @Nullable CallContext served,
            Seen seen) {
        ClientCall<StringValue, StringValue> call = resilience.newCall(method, options, served);
        seen.call = call;
        call.start(seen, Metadata.EMPTY);
        call.request(1);
        call.sendMessage(StringValue.of("q"));
        call.halfClose();
        return seen;
    }

    long count(CallEvent event) {
        return counter(event.word());
    }

    long level(CallLevel level) {
        return counter(level.word());
    }

    long counter(String name) {
        Counter counter = registry.getCounters().get("remora.client.test.Text/Echo." + name);
        return counter == null ? 0 : counter.getCount();
    }
}
