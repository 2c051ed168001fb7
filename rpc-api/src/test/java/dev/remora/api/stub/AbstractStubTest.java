package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AbstractStubTest {
    private static final Metadata.Key<String> A = Metadata.Key.text("a");
    private static final Metadata.Key<String> B = Metadata.Key.text("b");

    private final FakeChannel channel = new FakeChannel();
    private final EchoStub stub = new EchoStub(channel, CallOptions.DEFAULT);

    @Test
    void optionsAccumulateAndTheFirstStubKeepsItsOwn() {
        Deadline deadline = Deadline.after(Duration.ofHours(1));
        EchoStub changed = stub.withTimeout(Duration.ofSeconds(2))
                .withDeadline(deadline)
                .withMetadata(Metadata.of(A, "1"))
                .withMetadata(Metadata.of(B, "2"));
        assertThat(changed.options().timeoutNs()).isEqualTo(2_000_000_000L);
        assertThat(changed.options().deadline()).isEqualTo(deadline);
        assertThat(changed.options().metadata().get(A)).isEqualTo("1");
        assertThat(changed.options().metadata().get(B)).isEqualTo("2");
        assertThat(stub.options()).isSameAs(CallOptions.DEFAULT);
        assertThat(changed.channel()).isSameAs(channel);
    }

    @Test
    void theFirstInterceptorSeesACallFirst() {
        List<String> order = new ArrayList<>();
        EchoStub changed = stub.withInterceptors(noting("one", order), noting("two", order));
        changed.channel().newCall(Methods.UNARY, CallOptions.DEFAULT);
        assertThat(order).containsExactly("one", "two");
    }

    private static ClientInterceptor noting(String name, List<String> order) {
        return onNewCall(() -> order.add(name));
    }

    private static ClientInterceptor onNewCall(Runnable action) {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                action.run();
                return next.newCall(method, options);
            }
        };
    }

    /** Shows each fake call to {@code action} before it is used. */
    static ClientInterceptor onCall(Consumer<FakeChannel.Call> action) {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                ClientCall<Q, R> call = next.newCall(method, options);
                action.accept((FakeChannel.Call) call);
                return call;
            }
        };
    }

    static final class EchoStub extends AbstractStub<EchoStub> {
        EchoStub(Channel channel, CallOptions options) {
            super(channel, options);
        }

        @Override
        protected EchoStub build(Channel newChannel, CallOptions newOptions) {
            return new EchoStub(newChannel, newOptions);
        }
    }
}
