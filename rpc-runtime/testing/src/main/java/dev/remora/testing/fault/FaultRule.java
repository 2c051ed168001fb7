package dev.remora.testing.fault;

import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.TransportException;
import java.time.Duration;

/**
 * What happens to which calls: a side, a pattern for the full name of the method, an action, and when. Immutable.
 *
 * <pre>{@code
 * FaultRule.client("photos.v1.Users/*").delay(Duration.ofMillis(50)).percent(10)
 * FaultRule.server("*").error(StatusCode.UNAVAILABLE).nth(3)
 * FaultRule.parse("client photos.v1.Users/* delay 50ms 10%")
 * }</pre>
 *
 * All conditions must hold. Without one, it happens to every call that matches.
 *
 * @param side which end of the call
 * @param pattern full name of the method; {@code *} stands for any characters
 * @param action what happens
 * @param percent of the matching calls, more than 0 to 100, chosen by the seed
 * @param nth only the call with this number among those that match, from 1; 0 for any
 * @param every each so manieth of them; 0 for any
 * @param first only the first so many of them; 0 for any
 * @param atMost so often and not more; 0 for without end
 */
public record FaultRule(
        Side side, String pattern, FaultAction action, double percent, long nth, long every, long first, long atMost) {

    /** @throws IllegalArgumentException if a value is out of its range, or that side cannot do it */
    public FaultRule {
        if (pattern.isBlank() || pattern.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "'" + pattern + "' is no pattern of a method's name; write such as" + " photos.v1.Users/* or *");
        }
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentage is more than 0 and at most 100, got " + percent);
        }
        if (nth < 0 || every < 0 || first < 0 || atMost < 0) {
            throw new IllegalArgumentException(
                    "calls are counted from 1: nth, every, first and at-most cannot be negative");
        }
        Side only = switch (action) {
            case FaultAction.Fail _ -> Side.CLIENT;
            case FaultAction.Duplicate _ -> Side.CLIENT;
            case FaultAction.Abort _ -> Side.SERVER;
            default -> side;
        };
        if (only != side) {
            throw new IllegalArgumentException("'" + action.text() + "' is for the " + only.word() + " side: a "
                    + side.word() + " cannot do that");
        }
    }

    /** What calls of a channel shall meet. */
    public static Target client(String pattern) {
        return new Target(Side.CLIENT, pattern);
    }

    /** What calls at a server shall meet. */
    public static Target server(String pattern) {
        return new Target(Side.SERVER, pattern);
    }

    /**
     * Reads a rule: {@code client|server PATTERN ACTION [CONDITION]...}, with the actions {@code delay 50ms},
     * {@code drop-request}, {@code drop-response}, {@code error STATUS}; at a client {@code fail REASON} and
     * {@code duplicate}, at a server {@code abort}; and the conditions {@code 10%}, {@code nth N}, {@code every N},
     * {@code first N}, {@code at-most N}.
     *
     * @throws IllegalArgumentException if it is none; the message says where and what is allowed there
     */
    public static FaultRule parse(String text) {
        return new FaultRuleReader(text).read();
    }

    /** This rule for a share of the matching calls. */
    public FaultRule percent(double newPercent) {
        return new FaultRule(side, pattern, action, newPercent, nth, every, first, atMost);
    }

    /** This rule for one call only, from 1. */
    public FaultRule nth(long number) {
        return new FaultRule(side, pattern, action, percent, number, every, first, atMost);
    }

    /** This rule for each so manieth call. */
    public FaultRule every(long calls) {
        return new FaultRule(side, pattern, action, percent, nth, calls, first, atMost);
    }

    /** This rule for the first calls only. */
    public FaultRule first(long calls) {
        return new FaultRule(side, pattern, action, percent, nth, every, calls, atMost);
    }

    /** This rule, so often and not more. */
    public FaultRule atMost(long times) {
        return new FaultRule(side, pattern, action, percent, nth, every, first, times);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(side.word() + " " + pattern + " " + action.text());
        if (percent < 100) {
            text.append(' ').append(percent % 1 == 0 ? Long.toString((long) percent) : Double.toString(percent));
            text.append('%');
        }
        appendCount(text, "nth", nth);
        appendCount(text, "every", every);
        appendCount(text, "first", first);
        appendCount(text, "at-most", atMost);
        return text.toString();
    }

    private static void appendCount(StringBuilder text, String word, long count) {
        if (count > 0) {
            text.append(' ').append(word).append(' ').append(count);
        }
    }

    /** A side and its calls, for which the action is still to be said. */
    public record Target(Side side, String pattern) {
        /** Any action. */
        public FaultRule does(FaultAction action) {
            return new FaultRule(side, pattern, action, 100, 0, 0, 0, 0);
        }

        /** {@link FaultAction.Delay}. */
        public FaultRule delay(Duration time) {
            return does(new FaultAction.Delay(time.toNanos()));
        }

        /** {@link FaultAction.DropRequest}. */
        public FaultRule dropRequest() {
            return does(new FaultAction.DropRequest());
        }

        /** {@link FaultAction.DropResponse}. */
        public FaultRule dropResponse() {
            return does(new FaultAction.DropResponse());
        }

        /** {@link FaultAction.Error}. */
        public FaultRule error(StatusCode code) {
            return does(new FaultAction.Error(code));
        }

        /** {@link FaultAction.Fail}; client only. */
        public FaultRule fail(TransportException.Reason reason) {
            return does(new FaultAction.Fail(reason));
        }

        /** {@link FaultAction.Abort}; server only. */
        public FaultRule abort() {
            return does(new FaultAction.Abort());
        }

        /** {@link FaultAction.Duplicate}; client only, for methods that may be run twice. */
        public FaultRule duplicate() {
            return does(new FaultAction.Duplicate());
        }
    }
}
