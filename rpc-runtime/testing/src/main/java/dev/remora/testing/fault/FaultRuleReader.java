package dev.remora.testing.fault;

import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.TransportException;
import java.util.Arrays;
import java.util.Locale;

/** Reads the text of one rule, word by word. */
final class FaultRuleReader {
    private static final String ACTIONS =
            "delay TIME, drop-request, drop-response, error STATUS, fail REASON, duplicate or abort";

    private final String text;
    private final String[] words;
    private int at;

    FaultRuleReader(String text) {
        this.text = text;
        this.words = text.strip().split("\\s+");
    }

    FaultRule read() {
        try {
            FaultRule rule = new FaultRule.Target(side(), next("a pattern of a method's name")).does(action());
            while (at < words.length) {
                rule = condition(rule);
            }
            return rule;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("fault rule '" + text + "': " + e.getMessage(), e);
        }
    }

    private String next(String what) {
        if (at == words.length || words[at].isEmpty()) {
            throw new IllegalArgumentException("it ends where " + what + " should stand");
        }
        return words[at++];
    }

    private Side side() {
        String word = next("client or server");
        return switch (word) {
            case "client" -> Side.CLIENT;
            case "server" -> Side.SERVER;
            default -> throw new IllegalArgumentException("it begins with client or server, not with '" + word + "'");
        };
    }

    private FaultAction action() {
        String word = next("what happens (" + ACTIONS + ")");
        return switch (word) {
            case "delay" -> new FaultAction.Delay(Durations.parse(next("a time, such as 20ms")));
            case "drop-request" -> new FaultAction.DropRequest();
            case "drop-response" -> new FaultAction.DropResponse();
            case "error" -> new FaultAction.Error(constant(StatusCode.class, next("a status, such as UNAVAILABLE")));
            case "fail" ->
                new FaultAction.Fail(constant(TransportException.Reason.class, next("a reason, such as PEER_LOST")));
            case "duplicate" -> new FaultAction.Duplicate();
            case "abort" -> new FaultAction.Abort();
            default ->
                throw new IllegalArgumentException("'" + word + "' is nothing that can happen; write " + ACTIONS);
        };
    }

    private FaultRule condition(FaultRule rule) {
        String word = next("a condition");
        if (word.endsWith("%")) {
            return rule.percent(number(word.substring(0, word.length() - 1)));
        }
        return switch (word) {
            case "nth" -> rule.nth(count(word));
            case "every" -> rule.every(count(word));
            case "first" -> rule.first(count(word));
            case "at-most" -> rule.atMost(count(word));
            default ->
                throw new IllegalArgumentException(
                        "'" + word + "' is no condition; write such as 10%, nth 3, every 5, first 2 or at-most 7");
        };
    }

    private static double number(String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + word + "%' is no percentage", e);
        }
    }

    private long count(String condition) {
        String word = next("a number of calls");
        try {
            long count = Long.parseLong(word);
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + word + "' behind " + condition + " is no number of calls", e);
        }
        throw new IllegalArgumentException(condition + " counts from 1, got " + word);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word) {
        try {
            return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' is none of " + Arrays.toString(type.getEnumConstants()), e);
        }
    }
}
