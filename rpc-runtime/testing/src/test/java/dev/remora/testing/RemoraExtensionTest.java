package dev.remora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.Channel;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.spi.Endpoint;
import dev.remora.testing.fault.FaultRule;
import dev.remora.testing.fault.Faults;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class RemoraExtensionTest {
    @RegisterExtension
    final RemoraExtension remora =
            RemoraExtension.serving(Echo.service(request -> request)).build();

    private Endpoint before = new Endpoint("none", 1);

    @BeforeEach
    void itRunsBeforeTheTest(RemoraServer server) {
        before = server.localAddress();
    }

    @Test
    void parametersAreWhatRuns(
            Channel channel, RemoraChannel same, RemoraServer server, Faults faults, Echo.BlockingStub echo) {
        assertThat(channel).isSameAs(same).isSameAs(remora.channel());
        assertThat(server).isSameAs(remora.server());
        assertThat(server.localAddress()).isEqualTo(before).isEqualTo(remora.address());
        assertThat(faults).isSameAs(remora.faults());
        assertThat(echo.say("hi")).isEqualTo("hi");
        assertThat(remora.stub(Echo::blockingStub).say("ho")).isEqualTo("ho");
    }

    @Test
    void outsideOfTestsNothingRuns() {
        RemoraExtension unregistered =
                RemoraExtension.serving(Echo.service(request -> request)).build();
        assertThatThrownBy(unregistered::channel)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@RegisterExtension");
        assertThatThrownBy(() -> RemoraExtension.serving().build()).hasMessageContaining("nothing to test");
    }

    /** Run by the tests below only. */
    @EnabledIfSystemProperty(named = "remora.testing.inner", matches = "true")
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static final class Shared {
        private static Endpoint first = new Endpoint("none", 1);

        @RegisterExtension
        static final RemoraExtension REMORA = RemoraExtension.serving(Echo.service(request -> request))
                .fault(FaultRule.client("*").error(StatusCode.ABORTED).nth(2))
                .build();

        @Test
        @Order(1)
        void oneServerForAll(RemoraServer server, Faults faults) {
            first = server.localAddress();
            faults.add(FaultRule.client("*").error(StatusCode.DATA_LOSS));
        }

        @Test
        @Order(2)
        void rulesOfAnotherTestAreGone(RemoraServer server, Echo.BlockingStub echo) {
            assertThat(server.localAddress()).isEqualTo(first);
            assertThat(echo.say("hi")).isEqualTo("hi");
            assertThatThrownBy(() -> echo.say("hi")).hasMessageContaining("ABORTED");
        }
    }

    /** Run by the tests below only. */
    @EnabledIfSystemProperty(named = "remora.testing.inner", matches = "true")
    static final class LeavesACall {
        private final CountDownLatch never = new CountDownLatch(1);

        @RegisterExtension
        final RemoraExtension remora = RemoraExtension.serving(Echo.service(request -> {
                    CallContext.current().orElseThrow().onCancel(never::countDown);
                    never.await(1, TimeUnit.MINUTES);
                    return request;
                }))
                .patience(Duration.ofMillis(50))
                .build();

        @Test
        void test(Echo.BlockingStub echo) {
            assertThat(echo.saySoon("hi")).isNotDone();
        }
    }

    /** Run by the tests below only. */
    @EnabledIfSystemProperty(named = "remora.testing.inner", matches = "true")
    static final class LeaksABuffer {
        @RegisterExtension
        final RemoraExtension remora = RemoraExtension.serving(Echo.service(request -> StringValue.of("x")))
                .patience(Duration.ofMillis(50))
                .build();

        @Test
        void test() {
            assertThat(remora.clientTransport()
                            .connect(remora.address())
                            .allocate(7)
                            .size())
                    .isEqualTo(7);
        }
    }

    private static EngineExecutionResults run(Class<?> type) {
        System.setProperty("remora.testing.inner", "true");
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(type))
                    .execute();
        } finally {
            System.clearProperty("remora.testing.inner");
        }
    }

    private static Throwable failure(EngineExecutionResults results) {
        assertThat(results.testEvents().failed().count()).isEqualTo(1);
        Event event = results.testEvents().failed().list().get(0);
        return event.getPayload(org.junit.platform.engine.TestExecutionResult.class)
                .flatMap(org.junit.platform.engine.TestExecutionResult::getThrowable)
                .orElseThrow();
    }

    @Test
    void inAStaticFieldItIsSharedAndRulesOfOneTestDoNotReachTheNext() {
        EngineExecutionResults results = run(Shared.class);
        results.testEvents().assertStatistics(stats -> stats.succeeded(2).failed(0));
        results.containerEvents().assertStatistics(stats -> stats.failed(0));
    }

    @Test
    void aCallThatIsLeftBehindFailsTheTest() {
        assertThat(failure(run(LeavesACall.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("left calls behind: 1 made and 1 being served");
    }

    @Test
    void aBufferThatIsLeakedFailsTheTestAndIsShown() {
        Throwable failure = failure(run(LeaksABuffer.class));
        assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("never released");
        assertThat(failure.getSuppressed())
                .anyMatch(origin -> String.valueOf(origin.getMessage())
                        .contains("a buffer of 7 bytes was allocated for a request"));
    }
}
