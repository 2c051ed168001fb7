package dev.remora.runtime.admission;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.Criticality;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A door with time in the test's hands; {@code events} tells what happened to calls in its order, such as "start a". */
final class AdmissionRig {
    final ManualTime time = new ManualTime(0);
    final List<String> events = new ArrayList<>();
    final List<Long> waits = new ArrayList<>();
    final Admission admission;
    private final MetricRegistry registry = new MetricRegistry();
    private final RpcMetrics metrics = new RpcMetrics(registry);
    private final Lane lane;

    AdmissionRig(UnaryOperator<DefaultValues> settings) {
        this(settings, UnaryOperator.identity());
    }

    AdmissionRig(UnaryOperator<DefaultValues> settings, UnaryOperator<MethodValues> policies) {
        DefaultValues values = settings.apply(DefaultValues.of(ServerSettings.ALL));
        admission = Admission.of(values, policies.apply(MethodValues.uniform(values)), time, waits::add);
        lane = lane("Echo");
    }

    Lane lane(String method) {
        return admission.lane("test.Text/" + method, metrics.server(descriptor(method)));
    }

    private static MethodDescriptor<?, ?> descriptor(String method) {
        return MethodDescriptor.protobuf(
                "test.Text",
                method,
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
    }

    /** A call of a test. */
    final class Call extends Candidate {
        private final String name;
        boolean inline;
        boolean cancelled;

        @Nullable
        Refusal refusal;

        Call(String name, Lane lane, int bytes, Criticality criticality, long timeoutMs) {
            super(lane, bytes, criticality, timeoutMs > 0, time.nowNs() + timeoutMs * 1_000_000);
            this.name = name;
        }

        @Override
        protected void watch() {}

        @Override
        protected void start() {
            events.add("start " + name);
        }

        @Override
        protected void refuse(Refusal newRefusal) {
            refusal = newRefusal;
            events.add("refuse " + name + " " + newRefusal.kind());
        }

        @Override
        protected boolean isCancelled() {
            return cancelled;
        }

        @Override
        protected void leave() {
            if (admission.withdraw(this)) {
                events.add("leave " + name);
            }
        }

        @Override
        protected boolean canWait() {
            return !inline;
        }

        @Override
        public String toString() {
            return name;
        }

        void done() {
            admission.done(this);
        }
    }

    Call call(String name) {
        return call(name, 100, Criticality.CRITICAL, 0);
    }

    Call call(String name, int bytes) {
        return call(name, bytes, Criticality.CRITICAL, 0);
    }

    Call call(String name, Criticality criticality) {
        return call(name, 100, criticality, 0);
    }

    Call timed(String name, long timeoutMs) {
        return call(name, 100, Criticality.CRITICAL, timeoutMs);
    }

    Call call(String name, int bytes, Criticality criticality, long timeoutMs) {
        return offer(new Call(name, lane, bytes, criticality, timeoutMs));
    }

    Call callOf(Lane method, String name) {
        return offer(new Call(name, method, 100, Criticality.CRITICAL, 0));
    }

    Call offer(Call call) {
        admission.offer(call);
        return call;
    }

    Lane lane() {
        return lane;
    }

    /** What happened since the last look. */
    List<String> news() {
        List<String> news = List.copyOf(events);
        events.clear();
        return news;
    }

    long count(CallEvent event) {
        return count(event.word());
    }

    long count(String word) {
        Counter counter = registry.getCounters().get("remora.server.test.Text/Echo." + word);
        return counter == null ? 0 : counter.getCount();
    }
}
