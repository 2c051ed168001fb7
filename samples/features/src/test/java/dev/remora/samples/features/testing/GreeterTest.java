package dev.remora.samples.features.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.StatusCode;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.tcp.TcpTransport;
import dev.remora.testing.RemoraExtension;
import dev.remora.testing.fault.FaultRule;
import dev.remora.testing.fault.Faults;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a service is tested: called through stubs, with and without faults, over any transport. */
class GreeterTest {
    private static final GreetRequest ADA =
            GreetRequest.newBuilder().setName("Ada").build();

    private final CountingGreeter greeter = new CountingGreeter();

    @RegisterExtension
    final RemoraExtension remora = RemoraExtension.serving(greeter).build();

    @Test
    void itGreets(GreeterRpc.BlockingStub stub) {
        assertThat(stub.greet(ADA).getText()).isEqualTo("Hello, Ada");
    }

    @Test
    void aClientMeetsAnOverloadedServer(GreeterRpc.BlockingStub stub, Faults faults) {
        faults.add(
                FaultRule.server("*/Greet").error(StatusCode.RESOURCE_EXHAUSTED).first(1));
        assertThatThrownBy(() -> stub.greet(ADA)).hasMessageContaining("RESOURCE_EXHAUSTED");
        assertThat(stub.greet(ADA).getText()).isEqualTo("Hello, Ada");
    }

    @Test
    void aClientThatHearsNothingHasItsDeadline(GreeterRpc.BlockingStub stub, Faults faults) {
        faults.add(FaultRule.client("*").dropResponse());
        assertThatThrownBy(() -> stub.withTimeout(Duration.ofMillis(50)).greet(ADA))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        // It was served all the same: only a method that may run twice should be tried again.
        assertThat(greeter.greeted).hasValue(1);
    }

    /** The same over a real transport. */
    @Nested
    class OverTcp {
        @RegisterExtension
        final RemoraExtension remoraOverTcp = RemoraExtension.serving(greeter)
                .transport(() -> TcpTransport.builder().build())
                .build();

        @Test
        void itGreets() {
            assertThat(remoraOverTcp.stub(GreeterRpc::blockingStub).greet(ADA).getText())
                    .isEqualTo("Hello, Ada");
        }
    }

    private static final class CountingGreeter extends GreeterRpc.ServiceBase {
        private final AtomicInteger greeted = new AtomicInteger();

        @Override
        public GreetResponse greet(GreetRequest request) {
            greeted.incrementAndGet();
            return GreetResponse.newBuilder()
                    .setText("Hello, " + request.getName())
                    .build();
        }
    }
}
