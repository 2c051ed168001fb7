package dev.remora.testing.fault;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A rule at work: it counts the calls that match. */
final class ActiveRule {
    private static final double PERCENT = 100;

    private final FaultRule rule;
    private final Pattern pattern;
    private final long seed;
    private final AtomicLong matched = new AtomicLong();
    private final AtomicLong left;

    /** @param seed of this rule alone */
    ActiveRule(FaultRule rule, long seed) {
        this.rule = rule;
        this.seed = seed;
        this.left = new AtomicLong(rule.atMost() == 0 ? Long.MAX_VALUE : rule.atMost());
        // -1: a trailing star is a part too
        this.pattern = Pattern.compile(
                Stream.of(rule.pattern().split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    FaultRule rule() {
        return rule;
    }

    boolean matches(String method) {
        return pattern.matcher(method).matches();
    }

    /** Counts a matching call. */
    long count() {
        return matched.incrementAndGet();
    }

    /** Whether it happens to the matching call with this number; the same for every run with the same seed. */
    boolean fires(long number) {
        boolean chosen = (rule.nth() == 0 || number == rule.nth())
                && (rule.every() == 0 || number % rule.every() == 0)
                && (rule.first() == 0 || number <= rule.first())
                && (rule.percent() >= PERCENT
                        || new SplittableRandom(seed + number).nextDouble() * PERCENT < rule.percent());
        return chosen && left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
    }
}
