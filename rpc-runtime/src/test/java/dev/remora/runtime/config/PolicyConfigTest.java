package dev.remora.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import dev.remora.api.Criticality;
import dev.remora.api.StatusCode;
import dev.remora.runtime.resilience.BreakerPolicy;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyConfigTest {
    private static final List<FakeProvider> PROVIDERS = List.of(FakeProvider.TCP);

    private static RemoraConfig parse(String hocon) {
        return RemoraConfig.of(ConfigFactory.parseString(hocon), PROVIDERS);
    }

    private static CallPolicy policy(String hocon, String client, String method) {
        return CallPolicies.configured(parse(hocon).clientMethods(client)).policyFor(method);
    }

    private static List<String> problems(String hocon) {
        return catchThrowableOfType(InvalidConfigException.class, () -> parse(hocon))
                .problems();
    }

    @Test
    void withoutConfigurationTheDefaultsHold() {
        assertThat(policy("", "any", "a.B/C")).isEqualTo(CallPolicy.DEFAULT);
        assertThat(CallPolicy.DEFAULT.retry().maxAttempts()).isEqualTo(3);
        assertThat(CallPolicy.DEFAULT.retry()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(CallPolicy.DEFAULT.hedge().maxHedges()).isZero();
        assertThat(CallPolicy.DEFAULT.breaker()).isNull();
        assertThat(CallPolicy.DEFAULT.criticality()).isNull();
    }

    @Test
    void everyKnobOfAPolicyIsRead() {
        CallPolicy policy = policy("""
                remora.client.policies.p {
                  methods = "a.B/C"
                  timeout = 1s
                  criticality = sheddable-plus
                  retry { max-attempts = 5, status-codes = [UNAVAILABLE, ABORTED], initial-backoff = 1ms, max-backoff = 9ms,
                          backoff-multiplier = 3, jitter = 0.1, attempt-timeout = 20ms }
                  hedge { max-hedges = 2, delay = 7ms, percentile = 0.95 }
                  breaker { enabled = true, scope = policy, failure-rate = 0.3, status-codes = INTERNAL, slow-duration = 2s,
                            slow-rate = 0.7, window = 4s, min-calls = 6, open-duration = 8s, trial-calls = 9 }
                }
                """, "any", "a.B/C");
        assertThat(policy.name()).isEqualTo("remora.client.policies.p");
        assertThat(policy.timeoutNs()).isEqualTo(1_000_000_000L);
        assertThat(policy.criticality()).isEqualTo(Criticality.SHEDDABLE_PLUS);
        assertThat(policy.retry())
                .isEqualTo(new RetryPolicy(
                        5,
                        Set.of(StatusCode.UNAVAILABLE, StatusCode.ABORTED),
                        1_000_000,
                        9_000_000,
                        3,
                        0.1,
                        20_000_000));
        assertThat(policy.hedge())
                .isEqualTo(HedgePolicy.atPercentile(0.95, Duration.ofMillis(7)).withMaxHedges(2));
        assertThat(Objects.requireNonNull(policy.breaker()))
                .isEqualTo(new BreakerPolicy(
                        false,
                        0.3,
                        Set.of(StatusCode.INTERNAL),
                        2_000_000_000L,
                        0.7,
                        4_000_000_000L,
                        6,
                        8_000_000_000L,
                        9));
    }

    @ParameterizedTest
    @CsvSource({
        "photos.v1.Users/GetUser, 7",
        "photos.v1.Users/GetAll, 6",
        "photos.v1.Users/PutUser, 5",
        "photos.v1.UsersAdmin/GetUser, 4",
        "photos.v2.Users/GetUser, 3",
    })
    void theLongestPatternHolds(String method, int attempts) {
        CallPolicy policy = policy("""
                remora.client.policies {
                  z-all { methods = "photos.v1.*", retry.max-attempts = 4 }
                  y-one { methods = "photos.v1.Users/GetUser", retry.max-attempts = 7 }
                  b-service { methods = "photos.v1.Users/*", retry.max-attempts = 5 }
                  a-reads { methods = ["other.Service/*", "photos.v1.Users/Get*"], retry.max-attempts = 6 }
                }
                """, "any", method);
        assertThat(policy.retry().maxAttempts()).isEqualTo(attempts);
    }

    @Test
    void whatAPolicyLeavesOpenComesFromItsClientAndThenFromAllClients() {
        String hocon = """
                remora.client { timeout = 1s, retry.max-attempts = 2 }
                remora.client.policies.reads { methods = "a.B/*", hedge.max-hedges = 1, hedge.delay = 3ms }
                remora.clients.users {
                  target = "users:1", timeout = 2s
                  policies.mine { methods = "a.B/C", hedge.delay = 9ms }
                }
                """;
        CallPolicy users = policy(hocon, "users", "a.B/C");
        assertThat(users.name()).isEqualTo("remora.client.policies.reads, remora.clients.users.policies.mine");
        assertThat(users.timeoutNs()).isEqualTo(2_000_000_000L);
        assertThat(users.retry().maxAttempts()).isEqualTo(2);
        assertThat(users.hedge()).isEqualTo(HedgePolicy.after(Duration.ofMillis(9)));
        CallPolicy others = policy(hocon, "media", "a.B/C");
        assertThat(others.timeoutNs()).isEqualTo(1_000_000_000L);
        assertThat(others.hedge()).isEqualTo(HedgePolicy.after(Duration.ofMillis(3)));
        assertThat(policy(hocon, "users", "a.X/C").hedge().maxHedges()).isZero();
    }

    @Test
    void aServersPoliciesAreReadToo() {
        MethodValues server = parse("""
                remora.server { criticality = sheddable, policies.slow { methods = "a.B/*", method-max-concurrent-calls = 3 } }
                """).serverMethods();
        assertThat(server.of("a.B/C").values().get(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS))
                .isEqualTo(3);
        assertThat(server.of("a.B/C").values().get(AdmissionSettings.CRITICALITY))
                .isEqualTo("sheddable");
        assertThat(server.of("a.X/C").values().get(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS))
                .isEqualTo(AdmissionSettings.NO_LIMIT);
    }

    @Test
    void everyMistakeIsToldWithItsPlaceAndWhatWouldBeRight() {
        assertThat(problems("""
                remora.client.policies.none { retry.max-attempts = 2 }
                remora.client.policies.odd { methods = ["Users", "a.*/B", "a/b/c", "a b/C"] }
                remora.client.policies.codes { methods = "a.B/C", retry.status-codes = [UNAVAILABLE, BUSY] }
                remora.client.policies.word { methods = "a.B/D", retry.max-atempts = 2 }
                remora.client.policies.value { methods = "a.B/E", breaker.failure-rate = 50 }
                remora.clients.users.policies = 3
                remora.server.policies.limit { methods = "a.B/*", max-concurrent-calls = 3 }
                """))
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p).contains("remora.client.policies.none", "methods"),
                        p -> assertThat(p).contains("'Users' is not the full name", "service/Method"),
                        p -> assertThat(p).contains("'a.*/B' has a * that is not its last"),
                        p -> assertThat(p).contains("'a/b/c' has more than one /"),
                        p -> assertThat(p).contains("'a b/C' has the character ' '"),
                        p -> assertThat(p).contains("retry.status-codes", "BUSY", "UNAVAILABLE"),
                        p -> assertThat(p).contains("did you mean remora.client.policies.word.retry.max-attempts"),
                        p -> assertThat(p).contains("breaker.failure-rate", "0.01 to 1"),
                        p -> assertThat(p).contains("remora.clients.users.policies", "named policies"),
                        p -> assertThat(p).contains("remora.server.policies.limit.max-concurrent-calls"));
    }

    @Test
    void onePatternInTwoPoliciesIsAMistakeSinceOneMustHold() {
        assertThat(problems("""
                remora.client.policies.a { methods = "a.B/*" }
                remora.client.policies.b { methods = "a.B/*" }
                """))
                .singleElement()
                .asString()
                .contains("policies.b", "stands in remora.client.policies.a already");
        parse("""
                remora.client.policies.a { methods = "a.B/*" }
                remora.clients.users.policies.b { methods = "a.B/*" }
                """);
    }

    @Test
    void boundsThatContradictEachOtherAreTold() {
        assertThat(problems("remora.server { max-bytes-in-progress = 1KiB, max-request-bytes = 2KiB }"))
                .singleElement()
                .asString()
                .contains("remora.server.max-bytes-in-progress", "1024", "remora.server.max-request-bytes", "2048");
    }

    @ParameterizedTest
    @ValueSource(strings = {"remora.metrics.policies {}", "remora.tcp.policies {}"})
    void otherSectionsHaveNoPolicies(String hocon) {
        assertThat(problems(hocon)).singleElement().asString().contains("unknown key");
    }

    @Test
    void programsMakePoliciesToo() {
        MethodValues values = MethodValues.uniform(DefaultValues.of(ClientSettings.ALL))
                .plus("reads", List.of("a.B/*"), Map.of(CallPolicySettings.HEDGE_MAX_HEDGES, 2L));
        assertThat(CallPolicies.configured(values).policyFor("a.B/C").hedge().maxHedges())
                .isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MethodValues.uniform(DefaultValues.of(ClientSettings.ALL))
                        .plus("reads", List.of("a.B/*"), Map.of(CallPolicySettings.HEDGE_MAX_HEDGES, 200L)))
                .withMessageContaining("hedge.max-hedges");
    }
}
