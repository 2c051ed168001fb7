package dev.remora.runtime.trace;

import dev.remora.api.Metadata;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a call stands in a trace, as W3C Trace Context has it in {@code traceparent}.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all 0: the same in all calls of a trace
 * @param spanId 16 hexadecimal digits in lower case, not all 0: the caller's span
 * @param flags 8 bits, of which 0x01 says that the caller records the trace
 */
public record TraceParent(String traceId, String spanId, int flags) {
    /** Carries a trace parent. */
    public static final Metadata.Key<String> KEY = Metadata.Key.text("traceparent");

    /** Carries what vendors add to it. */
    public static final Metadata.Key<String> STATE_KEY = Metadata.Key.text("tracestate");

    // Version 00 has nothing more; what later ones append is not for us.
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final int HEX = 16;
    private static final int SAMPLED = 0x01;
    private static final int RANDOM_DIGITS = 14;

    /** That of a call, if its metadata have a valid one: what is malformed is as good as none. */
    public static Optional<TraceParent> of(Metadata metadata) {
        String text = metadata.isEmpty() ? null : metadata.get(KEY);
        return text == null ? Optional.empty() : parse(text);
    }

    /** Reads the text of a {@code traceparent}; empty if it is malformed. */
    public static Optional<TraceParent> parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        String version = m.group(1);
        boolean valid = !version.equals("ff")
                && !(version.equals("00") && m.group(5) != null)
                && !isZero(m.group(2))
                && !isZero(m.group(3));
        return valid
                ? Optional.of(new TraceParent(m.group(2), m.group(3), Integer.parseInt(m.group(4), HEX)))
                : Optional.empty();
    }

    /** Whether the caller records the trace. */
    public boolean isSampled() {
        return (flags & SAMPLED) != 0;
    }

    /** A number from 0 to 1 that is the same for all calls of a trace and as good as random between traces. */
    public double fraction() {
        long low = Long.parseLong(traceId.substring(traceId.length() - RANDOM_DIGITS), HEX);
        return low / (double) (1L << 4 * RANDOM_DIGITS);
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(c -> c == '0');
    }

    /** As it stands in the metadata. */
    @Override
    public String toString() {
        return "00-" + traceId + "-" + spanId + (flags < HEX ? "-0" : "-") + Integer.toHexString(flags);
    }
}
