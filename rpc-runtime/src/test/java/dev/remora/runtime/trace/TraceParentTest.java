package dev.remora.runtime.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.Metadata;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceParentTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String VALID = "00-" + TRACE + "-" + SPAN + "-01";

    @Test
    void aValidOneIsReadAndWrittenTheSame() {
        TraceParent parent = TraceParent.parse(VALID).orElseThrow();
        assertThat(parent.traceId()).isEqualTo(TRACE);
        assertThat(parent.spanId()).isEqualTo(SPAN);
        assertThat(parent.isSampled()).isTrue();
        assertThat(parent).hasToString(VALID);
        assertThat(TraceParent.of(Metadata.of(TraceParent.KEY, VALID))).contains(parent);
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-ff"))
                .hasToString("Optional[00-" + TRACE + "-" + SPAN + "-ff]");
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-00")
                        .orElseThrow()
                        .isSampled())
                .isFalse();
    }

    @Test
    void laterVersionsMayHaveMore() {
        assertThat(TraceParent.parse("01-" + TRACE + "-" + SPAN + "-01-and-more"))
                .isPresent();
        assertThat(TraceParent.parse("01-" + TRACE + "-" + SPAN + "-01")).isPresent();
    }

    @Test
    void whatIsMalformedIsAsGoodAsNone() {
        for (String text : List.of(
                "",
                "00",
                VALID + "-more",
                VALID + "x",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + "0".repeat(32) + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + "0".repeat(16) + "-01",
                "00-" + TRACE.toUpperCase(java.util.Locale.ROOT) + "-" + SPAN + "-01",
                "00-" + TRACE.substring(1) + "-" + SPAN + "-01")) {
            assertThat(TraceParent.parse(text)).as("'%s'", text).isEmpty();
        }
        assertThat(TraceParent.of(Metadata.EMPTY)).isEmpty();
    }

    @Test
    void theFractionIsWithinOneAndFollowsTheTrace() {
        assertThat(TraceParent.parse("00-" + "f".repeat(32) + "-" + SPAN + "-01")
                        .orElseThrow()
                        .fraction())
                .isLessThanOrEqualTo(1.0)
                .isGreaterThan(0.99);
        assertThat(TraceParent.parse("00-" + "8".repeat(18) + "0".repeat(14) + "-" + SPAN + "-01")
                        .orElseThrow()
                        .fraction())
                .isZero();
    }
}
