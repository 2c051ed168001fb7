package dev.remora.runtime.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.TextService;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LimitTest {
    private static final Limit LIMIT = new Limit("remora.server.max-request-bytes", 100);
    private static final Metadata.Key<String> KEY = Metadata.Key.text("colour");

    @Test
    void allowsAsMuchAsItSaysAndNotAByteMore() {
        assertThat(LIMIT.refusal("request of ", TextService.METHOD, 100)).isNull();

        Status refusal = Objects.requireNonNull(LIMIT.refusal("request of ", TextService.METHOD, 101));
        assertThat(refusal.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refusal.message())
                .isEqualTo("request of test.Text/Say has 101 bytes, more than the 100 that"
                        + " remora.server.max-request-bytes allows");
        assertThatThrownBy(() -> LIMIT.check("request of ", TextService.METHOD, 101))
                .isInstanceOfSatisfying(
                        RpcException.class,
                        e -> assertThat(e.status().message()).isEqualTo(refusal.message()));
    }

    /** A size beyond that of an int is none that has become small. */
    @Test
    void hugeSizesAreTooMuch() {
        assertThat(LIMIT.refusal("request of ", TextService.METHOD, 1L << 32)).isNotNull();
    }

    /** Each entry counts with its name, its value and 4 bytes. */
    @Test
    void countsMetadataByNamesAndValues() {
        int most = 100 - KEY.name().length() - 4;
        assertThatCode(() -> check(Metadata.of(KEY, "x".repeat(most)))).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(Metadata.of(KEY, "x".repeat(most + 1)))).hasMessageContaining("has 101 bytes");
        assertThatThrownBy(() -> check(Metadata.of(KEY, "x".repeat(50)).plus(KEY, "x".repeat(50))))
                .hasMessageContaining("has 120 bytes");
    }

    private static void check(Metadata metadata) {
        LIMIT.check("metadata of ", TextService.METHOD, metadata);
    }

    @Test
    void detailsThatAreTooMuchLeaveTheStatusAndAWordAboutThem() {
        Status small = Status.of(StatusCode.ABORTED, "no").withDetail(StringValue.of("x"));
        assertThat(LIMIT.boundDetails(small)).isSameAs(small);

        Status bound =
                LIMIT.boundDetails(Status.of(StatusCode.ABORTED, "no").withDetail(StringValue.of("x".repeat(100))));
        assertThat(bound.code()).isEqualTo(StatusCode.ABORTED);
        assertThat(bound.details()).isEmpty();
        assertThat(bound.message())
                .startsWith("no (details of ")
                .endsWith(" bytes were left out: more than the 100 that remora.server.max-request-bytes allows)");
    }

    @Test
    void howACallFailedIsWorthMoreThanWhatWasTooLargeBesideIt() {
        Status tooLarge = Status.of(StatusCode.RESOURCE_EXHAUSTED, "too large");
        assertThat(Limit.leavingOut(Status.OK, tooLarge)).isSameAs(tooLarge);

        Status left = Limit.leavingOut(Status.of(StatusCode.NOT_FOUND, "no such user"), tooLarge);
        assertThat(left.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(left.message()).isEqualTo("no such user (left out: too large)");
    }
}
